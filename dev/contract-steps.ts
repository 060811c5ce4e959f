/**
 * A migration is applied while the release before still runs on the database, and may be rolled back to: it only adds
 * (expands). What takes away (contracts) comes a release later, when nobody uses it any more, and says since when:
 *
 *     -- contract: unused since 1.3.0
 */

const MARK = /^-- contract: unused since (\d+\.\d+\.\d+)$/m;
const STATEMENT_BREAK = /-->\s*statement-breakpoint|;/;

type Rule = { pattern: RegExp; why(found: RegExpExecArray, isNew: (table: string) => boolean): string | null };

const NAME = '[`"]?(\\w+)[`"]?';
const rule = (pattern: string, why: Rule["why"]): Rule => ({ pattern: new RegExp(pattern, "i"), why });

const RULES: readonly Rule[] = [
  rule(`^drop (?:table|index|view|trigger) (?:if exists )?${NAME}`, ([, name = ""], isNew) =>
    isNew(name) ? null : `drops ${name}`,
  ),
  rule(`^alter table ${NAME} drop (?:column )?${NAME}`, ([, table, column]) => `drops ${table}.${column}`),
  rule(`^alter table ${NAME} rename`, ([, table = ""]) => `renames ${table} or a column of it`),
  rule(`^alter table ${NAME} add (?:column )?${NAME} (.*)$`, ([, table, column, rest = ""]) =>
    /\bnot null\b/i.test(rest) && !/\bdefault\b/i.test(rest) ? `adds ${table}.${column}, which must be given` : null,
  ),
  rule(`^create unique index (?:if not exists )?${NAME} on ${NAME}`, ([, index, table = ""], isNew) =>
    isNew(table) ? null : `makes ${index} unique on ${table}, which is there already`,
  ),
  rule(`^(?:delete from|update) ${NAME}`, ([, table]) => `changes rows of ${table}`),
];

/**
 * What the release before might not survive in a migration. Nothing for one that says since when it is unused, if that is a
 * release that was `kept`, so that it stands in the field.
 */
export function contractSteps(sql: string, kept: readonly string[]): string[] {
  const since = MARK.exec(sql)?.[1];
  if (since !== undefined)
    return kept.includes(since) ? [] : [`release ${since} is not kept: what it does not use, others may`];
  const statements = sql
    .replaceAll(/^--(?!>).*$/gm, "")
    .split(STATEMENT_BREAK)
    .map((statement) => statement.replaceAll(/\s+/g, " ").trim());
  const made = new Set(
    statements.flatMap((one) => new RegExp(`^create table (?:if not exists )?${NAME}`, "i").exec(one)?.[1] ?? []),
  );
  return statements.flatMap((statement) =>
    RULES.flatMap(({ pattern, why }) => {
      const found = pattern.exec(statement);
      return (found && why(found, (table) => made.has(table))) ?? [];
    }),
  );
}
