import { writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowsOf } from "./account.ts";
import { openCloudflareAccount } from "./cloudflare-account.ts";
import { openLocalAccount } from "./local-account.ts";
import { makeBackup } from "./make-backup.ts";
import { proveBackup } from "./prove-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { fill, MIGRATIONS, sha256Of, sqliteD1, temporaryFolder } from "./test-account.ts";

/** Cloudflare's D1 API as it is documented, with SQLite behind it, that answers each twentieth question with 503. */
class FakeApi {
  readonly sqlite = new DatabaseSync(":memory:");
  readonly #server: Server = createServer(async (request, response) => {
    const { status, body } = await this.#answer(request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  #calls = 0;

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}/client/v4`;
  }

  close(): void {
    this.#server.close();
    this.sqlite.close();
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.headers.authorization !== "Bearer the-token") return { status: 403, body: { success: false } };
    if (request.method === "GET") {
      return { status: 200, body: { success: true, result: [{ uuid: "db-1", name: "radio-dream-control" }] } };
    }
    if (request.url !== "/client/v4/accounts/acc/d1/database/db-1/query") return { status: 404, body: {} };
    this.#calls += 1;
    const { sql, params } = JSON.parse(Buffer.concat(chunks).toString()) as { sql: string; params: string[] };
    const statements = sql.split(";\n");
    if (/^(?:SELECT|PRAGMA|INSERT)/.test(sql) && this.#calls % 20 === 0) return { status: 503, body: {} };
    const d1 = sqliteD1(this.sqlite);
    if (statements.length > 1) {
      await d1.batch(statements.map((one) => d1.prepare(one).bind(...(one.includes("?") ? params : []))) as never[]);
      return { status: 200, body: { success: true, result: statements.map(() => ({ results: [], success: true })) } };
    }
    const { results } = await d1
      .prepare(sql)
      .bind(...params)
      .all();
    return { status: 200, body: { success: true, result: [{ results, success: true }] } };
  }
}

let api: FakeApi;
let apiUrl: string;
beforeAll(async () => {
  api = new FakeApi();
  apiUrl = await api.listen();
});
afterAll(() => api.close());

describe("a backup of what npm start keeps", () => {
  it("goes into an account at Cloudflare, whose D1 answers 503 now and then, and back into an empty folder", async () => {
    const [here, there, to, again] = [temporaryFolder(), temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const local = await openLocalAccount(here);
    await fill(local);
    await makeBackup(local, to, { version: "1", at: 1 });
    await local.close();

    const bucketOnly = await openLocalAccount(there);
    const environment = {
      CLOUDFLARE_ACCOUNT_ID: "acc",
      CLOUDFLARE_API_TOKEN: "the-token",
      CLOUDFLARE_API_BASE_URL: apiUrl,
      R2_ACCESS_KEY_ID: "unused",
      R2_SECRET_ACCESS_KEY: "unused",
    };
    const named = { database: "radio-dream-control", bucket: "radio-dream-media" };
    const remote = { ...(await openCloudflareAccount(named, environment)), bucket: bucketOnly.bucket };
    await restoreBackup(remote, await proveBackup(to), MIGRATIONS);
    await makeBackup(remote, again, { version: "1", at: 2 });
    await bucketOnly.close();

    const [first, second] = [await proveBackup(to), await proveBackup(again)];
    const parts = ({ manifest }: typeof first) =>
      manifest.tables.filter(({ table }) => table !== "plans" && table !== "publications");
    expect(parts(second)).toEqual(parts(first));
    expect(second.objects.map(({ key, sha256, headers }) => ({ key, sha256, headers }))).toEqual(
      first.objects.map(({ key, sha256, headers }) => ({ key, sha256, headers })),
    );
    expect(first.objects.find(({ key }) => key.endsWith("/original"))).toMatchObject({
      sha256: sha256Of("song"),
      headers: { "content-disposition": 'attachment; filename="a song.mp3"' },
    });
  });

  it("is refused with a token that may not see the database, and says so", async () => {
    const environment = {
      CLOUDFLARE_ACCOUNT_ID: "acc",
      CLOUDFLARE_API_TOKEN: "another",
      CLOUDFLARE_API_BASE_URL: apiUrl,
      R2_ACCESS_KEY_ID: "a",
      R2_SECRET_ACCESS_KEY: "b",
    };
    const named = { database: "radio-dream-control", bucket: "radio-dream-media" };
    await expect(openCloudflareAccount(named, environment)).rejects.toThrow("looking for the database: 403");
    await expect(openCloudflareAccount(named, {})).rejects.toThrow("CLOUDFLARE_ACCOUNT_ID");
  });

  it("whose bucket refuses what arrives with another hash keeps nothing of it", async () => {
    const [here, folder] = [temporaryFolder(), temporaryFolder()];
    const local = await openLocalAccount(here);
    await fill(local);
    writeFileSync(`${folder}/file`, "spoilt");
    await expect(local.bucket.put("media/a", `${folder}/file`, 6, sha256Of("right"), {})).rejects.toThrow("400");
    expect(await local.bucket.get("media/a", 0)).toBeNull();
    expect(await rowsOf(local.database, "SELECT slug FROM stations")).toEqual([{ slug: "demo" }]);
    await local.close();
  });
});
