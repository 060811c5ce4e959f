import { and, asc, eq, gt, isNull } from "drizzle-orm";
import { z } from "zod";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { type Page, PageQuery, pageOf, readCursor } from "../db/page.ts";
import { type TokenKind, tokens } from "../db/tokens.ts";
import { incidentOf, insertIncidentIfChanged } from "../health/incident.ts";
import { notFound } from "../refusal.ts";
import { makeSecret } from "./secret.ts";

/** Tokens of origins are not made here: they are given out by registration. */
export const NewToken = z.strictObject({
  kind: z.enum(["admin", "enrolment", "metrics"]),
  name: z.string().trim().min(1).max(100),
});

/** Makes a token. The answer is the only place where the token itself ever stands. */
export async function createToken(
  context: Context,
  input: z.input<typeof NewToken>,
): Promise<{ id: string; kind: TokenKind; name: string; token: string }> {
  const { kind, name } = NewToken.parse(input);
  const { db } = context;
  const secret = await makeSecret(kind);
  const id = crypto.randomUUID();
  await db.batch([
    db.insert(tokens).values({ id, kind, name, sha256: secret.sha256, createdAt: context.clock.now() }),
    insertIncidentIfChanged(
      db,
      incidentOf(context, { kind: "token-created", message: `${kind} token ${id} for ${name}` }),
    ),
  ]);
  return { id, kind, name, token: secret.plain };
}

/** Ends a token. An origin whose token is ended must enrol again. */
export async function revokeToken(context: Context, id: string): Promise<void> {
  const { db } = context;
  const [revoked] = await db.batch([
    db
      .update(tokens)
      .set({ revokedAt: context.clock.now() })
      .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
      .returning({ id: tokens.id }),
    insertIncidentIfChanged(db, incidentOf(context, { kind: "token-revoked", message: `token ${id}` })),
  ]);
  if (revoked.length === 0) throw notFound(`token ${id} in force`);
}

export type StoredToken = { id: string; kind: TokenKind; name: string; origin: OriginId | null; createdAt: number };

/** The tokens in force. */
export async function listTokens({ db }: Context, input: z.input<typeof PageQuery>): Promise<Page<StoredToken>> {
  const { limit, cursor } = PageQuery.parse(input);
  const behind = readCursor(cursor, z.tuple([z.string()]));
  const rows = await db
    .select({ id: tokens.id, kind: tokens.kind, name: tokens.name, origin: tokens.origin, createdAt: tokens.createdAt })
    .from(tokens)
    .where(and(isNull(tokens.revokedAt), behind ? gt(tokens.id, behind[0]) : undefined))
    .orderBy(asc(tokens.id))
    .limit(limit + 1);
  return pageOf(rows, limit, (row) => [row.id]);
}
