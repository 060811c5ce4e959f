import { env } from "cloudflare:workers";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, it } from "vitest";
import * as schema from "./schema.ts";

const rows = async <Row>(pragma: string) => (await env.DB.prepare(`pragma ${pragma}`).all<Row>()).results;

type ColumnRow = { name: string; type: string; notnull: number; pk: number };
type IndexRow = { name: string; unique: number; origin: string };

describe("a fresh database, made by the migrations alone,", () => {
  const tables = Object.values(schema).map((table: SQLiteTable) => getTableConfig(table));

  it("has the tables of the schema and no other", async () => {
    const { results } = await env.DB.prepare(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name not like '_cf_%' and name <> 'd1_migrations'",
    ).all<{ name: string }>();
    expect(results.map(({ name }) => name).toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  });

  it.each(tables.map((table) => [table.name, table] as const))("has the columns of %s", async (name, table) => {
    const keys = new Set(table.primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
    const found = await rows<ColumnRow>(`table_info(${name})`);
    expect(
      found.map((column) => [column.name, column.type.toLowerCase(), column.notnull === 1, column.pk > 0]),
    ).toEqual(
      table.columns.map((column) => [
        column.name,
        column.getSQLType(),
        column.notNull,
        column.primary || keys.has(column.name),
      ]),
    );
  });

  it.each(tables.map((table) => [table.name, table] as const))(
    "has the indexes and references of %s",
    async (name, table) => {
      const indexes = (await rows<IndexRow>(`index_list(${name})`)).filter(({ origin }) => origin === "c");
      const found = await Promise.all(
        indexes.map(async (index) => {
          const columns = await rows<{ name: string }>(`index_info(${index.name})`);
          return [index.name, index.unique === 1, columns.map((column) => column.name)];
        }),
      );
      const wanted = table.indexes.map(({ config }) => [
        config.name,
        config.unique,
        config.columns.map((column) => ("name" in column ? column.name : "")),
      ]);
      expect(found.toSorted()).toEqual(wanted.toSorted());

      const references = await rows<{ from: string; table: string; to: string }>(`foreign_key_list(${name})`);
      const wantedReferences = table.foreignKeys.map((key) => {
        const { columns, foreignTable, foreignColumns } = key.reference();
        return [columns[0]?.name, getTableConfig(foreignTable).name, foreignColumns[0]?.name];
      });
      expect(references.map((reference) => [reference.from, reference.table, reference.to]).toSorted()).toEqual(
        wantedReferences.toSorted(),
      );
    },
  );
});
