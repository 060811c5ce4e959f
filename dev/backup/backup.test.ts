import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Account, rowsOf } from "./account.ts";
import { makeBackup } from "./make-backup.ts";
import { contentFile, KEPT_PREFIXES, MANIFEST_FILE } from "./manifest.ts";
import { proveBackup } from "./prove-backup.ts";
import { tablesOf } from "./read-tables.ts";
import { restoreBackup } from "./restore-backup.ts";
import { createTestAccount, fill, MIGRATIONS, putText, sha256Of, temporaryFolder } from "./test-account.ts";

const AT = Date.UTC(2026, 10, 22, 12);

const backUp = (account: Account, to: string, at = AT) => makeBackup(account, to, { version: "1.2.3", at });

async function bringBack(from: string, into: Account, force = false) {
  return restoreBackup(into, await proveBackup(from), MIGRATIONS, force);
}

async function filled() {
  const account = createTestAccount();
  await fill(account);
  return account;
}

async function contentOf({ database }: Account): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {};
  for (const table of await tablesOf(database)) {
    content[table] = await rowsOf(database, `SELECT rowid AS rowid, * FROM "${table}" ORDER BY rowid`);
  }
  return content;
}

/** Fails as a machine that ends in the middle does: with the call of this number, and all after it. */
function endingAt<Args extends unknown[], R>(calls: number, work: (...args: Args) => R): (...args: Args) => R {
  let made = 0;
  return (...args) => {
    made += 1;
    if (made >= calls) throw new Error("the machine was switched off");
    return work(...args);
  };
}

describe("a backup", () => {
  it("brought back into an empty account gives every row, rowids included, and every object with its headers", async () => {
    const [account, other, to] = [await filled(), createTestAccount(), temporaryFolder()];
    const made = await backUp(account, to);
    expect(made.manifest.tables.find(({ table }) => table === "incidents")?.rows).toBe(2);
    await bringBack(to, other);

    const before = await contentOf(account);
    const changed = {
      plans: [expect.objectContaining({ station: "demo", version: 3, revision: 10, sha256: null, etag: null })],
      publications: [expect.objectContaining({ version: 41, sha256: null, etag: null })],
    };
    expect(await contentOf(other)).toEqual({ ...before, ...changed });
    const kept = [...account.objects].filter(([key]) => KEPT_PREFIXES.some((prefix) => key.startsWith(prefix)));
    expect(kept).toHaveLength(3);
    expect(new Map([...other.objects].toSorted())).toEqual(new Map(kept.toSorted()));
  });

  it("has all rows of a table that is read and written in many pieces", async () => {
    const [account, other, to] = [await filled(), createTestAccount(), temporaryFolder()];
    const long = "x".repeat(400);
    account.run(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1300)
      INSERT INTO incidents (rowid, id, at, kind, actor, message) SELECT i * 7 + 100, 'n' || i, i, 'k', 'a', '${long}' FROM n`);
    await backUp(account, to);
    await bringBack(to, other);
    const [before, after] = [await contentOf(account), await contentOf(other)];
    expect(after.incidents).toHaveLength(1302);
    expect(after.incidents).toEqual(before.incidents);
  });

  it("copies no object a second time, and is a folder of its own all the same", async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    expect((await backUp(account, to)).copied).toBe(3);
    await putText(account, "reel/demo/manifest.json", "{}");
    const second = await backUp(account, to, AT + 60_000);
    expect(second).toMatchObject({ copied: 1, folder: join(to, "2026-11-22T12-01-00.000Z") });
    expect((await proveBackup(to)).folder).toBe(second.folder);
    expect((await proveBackup(join(to, "2026-11-22T12-00-00.000Z"))).objects).toHaveLength(3);
  });

  it("that was interrupted is no backup, and the next one goes on with what it has copied", async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    const get = endingAt(3, account.bucket.get);
    await expect(backUp({ ...account, bucket: { ...account.bucket, get } }, to)).rejects.toThrow("switched off");
    await expect(proveBackup(to)).rejects.toThrow("there is no backup");
    expect((await backUp(account, to)).copied).toBe(1);
    expect(readdirSync(to)).not.toContain("unfinished");
  });

  it("holds the database of one moment although it is written to between two reads", async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    let writes = 0;
    const prepare: Account["database"]["prepare"] = (sql) => {
      if (sql.includes('FROM "tokens"') && writes < 2) {
        writes += 1;
        account.run(`INSERT INTO contacts (id, name, position, created_at) VALUES ('c${writes}', 'Ada', 0, ${writes})`);
        account.run(`UPDATE tokens SET created_at = ${writes}`);
      }
      return account.database.prepare(sql);
    };
    await backUp({ ...account, database: { ...account.database, prepare } }, to);
    const other = createTestAccount();
    await bringBack(to, other);
    const { contacts, tokens } = await contentOf(other);
    expect(contacts).toHaveLength(2);
    expect(tokens).toMatchObject([{ created_at: 2 }]);
  });

  it("is not made of a database that is written to all the time", async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    const prepare: Account["database"]["prepare"] = (sql) => {
      if (sql.includes('FROM "tokens"')) account.run("UPDATE tokens SET created_at = created_at + 1");
      return account.database.prepare(sql);
    };
    const busy = { ...account, database: { ...account.database, prepare } };
    await expect(backUp(busy, to)).rejects.toThrow("written to all the time");
  });

  it.each([
    ["its name", `media/demo/covers/${sha256Of("cover")}.jpg`],
    ["the library", "media/demo/0f5e0c1e-0000-4000-8000-000000000001/original"],
  ])("tells of an object that has not the content that %s says", async (_, key) => {
    const [account, to] = [await filled(), temporaryFolder()];
    expect((await backUp(account, to)).damaged).toEqual([]);
    await putText(account, key, "something else");
    const { damaged } = await backUp(account, to, AT + 1);
    expect(damaged).toEqual([expect.stringContaining(`${key} has the hash ${sha256Of("something else")}`)]);
  });
});

describe("a backup of a library that has lost a file", () => {
  it("tells which one", async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    const key = "media/demo/0f5e0c1e-0000-4000-8000-000000000001/original";
    account.objects.delete(key);
    expect((await backUp(account, to)).damaged).toEqual([`${key} is not there`]);
  });
});

describe("a restore", () => {
  const backups = async () => {
    const [account, to] = [await filled(), temporaryFolder()];
    const { folder } = await backUp(account, to);
    return { to, folder, other: createTestAccount() };
  };

  it.each([
    ["a table", ({ folder }: { folder: string }) => join(folder, "tables/tokens.jsonl")],
    ["the list of objects", ({ folder }: { folder: string }) => join(folder, "objects.jsonl")],
    ["an object", ({ to }: { to: string }) => join(to, contentFile(sha256Of("song")))],
  ])("of a backup with a broken part, here %s, writes nothing", async (_, partOf) => {
    const { to, folder, other } = await backups();
    const part = partOf({ to, folder });
    writeFileSync(part, `${readFileSync(part, "utf8").slice(0, -2)}x\n`);
    await expect(bringBack(to, other)).rejects.toThrow(`${part} is not what was written`);
    rmSync(part);
    await expect(bringBack(to, other)).rejects.toThrow(`${part} cannot be read`);
    expect(other.objects.size).toBe(0);
    expect(await tablesOf(other.database)).toEqual([]);
  });

  it("of another format is refused, with what to do", async () => {
    const { folder, other } = await backups();
    const path = join(folder, MANIFEST_FILE);
    writeFileSync(path, readFileSync(path, "utf8").replace('"format": 1', '"format": 2'));
    await expect(bringBack(folder, other)).rejects.toThrow("format 2, and this Radio Dream reads format 1");
    writeFileSync(path, "{");
    await expect(bringBack(folder, other)).rejects.toThrow("not a backup's manifest");
  });

  it("of a backup from a newer Radio Dream is refused before anything is written", async () => {
    const { folder, other } = await backups();
    const path = join(folder, MANIFEST_FILE);
    writeFileSync(path, readFileSync(path, "utf8").replace('"migrations": [', '"migrations": ["9999_later.sql",'));
    await expect(bringBack(folder, other)).rejects.toThrow("9999_later.sql is not known here");
    expect(other.objects.size).toBe(0);
  });

  it("of an older backup brings the tables to the newest form", async () => {
    const [account, other, to] = [createTestAccount(), createTestAccount(), temporaryFolder()];
    await fill(account, "0004_incident_kinds.sql");
    await makeBackup(account, to, { version: "0.9", at: AT });
    const { migrated } = await bringBack(to, other);
    expect(migrated[0]).toBe("0005_live_silence.sql");
    const [station] = await rowsOf(other.database, "SELECT slug, generation, live_silence_seconds FROM stations");
    expect(station).toEqual({ slug: "demo", generation: 7, live_silence_seconds: 15 });
  });

  /** Ends with this call of the account's, whatever it is for, and all calls after it. */
  function endingAccount(account: Account, calls: number): Account {
    let made = 0;
    const until = <Args extends unknown[], R>(work: (...args: Args) => R) => {
      return (...args: Args) => {
        made += 1;
        if (made >= calls) throw new Error("the machine was switched off");
        return work(...args);
      };
    };
    const { database, bucket } = account;
    return {
      ...account,
      database: { prepare: until(database.prepare), batch: until(database.batch) },
      bucket: { ...bucket, put: until(bucket.put), writeText: until(bucket.writeText), delete: until(bucket.delete) },
    };
  }

  it("that was interrupted anywhere goes on where it was", async () => {
    /** The first asks whether there is anything, the second leaves the mark. */
    const MARKED_BY = 2;
    const { to, other: whole } = await backups();
    await bringBack(to, whole);
    const wanted = await contentOf(whole);
    for (const calls of [1, 2, 3, 4, 6, 20, 60, 100, 140]) {
      const other = createTestAccount();
      await expect(bringBack(to, endingAccount(other, calls)), `call ${calls}`).rejects.toThrow("switched off");
      const done = await bringBack(to, other);
      expect(done.resumed, `call ${calls}`).toBe(calls > MARKED_BY);
      expect(await contentOf(other), `call ${calls}`).toEqual(wanted);
      expect(other.objects).toEqual(whole.objects);
      await other.close();
    }
  });

  it("into an account that is in use is refused, unless it is forced", async () => {
    const { to } = await backups();
    const used = createTestAccount();
    await fill(used);
    used.run("UPDATE stations SET name = 'Another'");
    await expect(bringBack(to, used)).rejects.toThrow("already: restore into an empty account");
    await bringBack(to, used, true);
    expect(await rowsOf(used.database, "SELECT name FROM stations")).toEqual([{ name: `It's "Ünïcode"` }]);
  });

  it("of one backup does not go on with another's half", async () => {
    const { to, folder, other } = await backups();
    const bucket = { ...other.bucket, put: endingAt(2, other.bucket.put) };
    await expect(bringBack(to, { ...other, bucket })).rejects.toThrow("switched off");
    writeFileSync(join(folder, MANIFEST_FILE), ` ${readFileSync(join(folder, MANIFEST_FILE), "utf8")}`);
    await expect(bringBack(to, other)).rejects.toThrow("another backup was half restored");
  });
});
