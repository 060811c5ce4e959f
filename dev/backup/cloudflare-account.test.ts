import { writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { FakeCloudflare } from "../deploy/fake/cloudflare.ts";
import { rowsOf } from "./account.ts";
import { openCloudflareAccount } from "./cloudflare-account.ts";
import { openLocalAccount } from "./local-account.ts";
import { makeBackup } from "./make-backup.ts";
import { proveBackup } from "./prove-backup.ts";
import { restoreBackup } from "./restore-backup.ts";
import { fill, MIGRATIONS, sha256Of, temporaryFolder } from "./test-account.ts";

const API = "https://api.cloudflare.test/client/v4";
const QUESTIONS_BETWEEN_FAULTS = 20;

/** An account with an empty database, and variables that lead to it. */
function newAccount() {
  const fake = new FakeCloudflare();
  onTestFinished(() => fake.close());
  fake.account.makeDatabase("radio-dream-control-production", null);
  let questions = 0;
  /** Every twentieth question to D1 is answered with 503. */
  const wire = async (input: string | URL | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const isQuestion = /"sql":"(?:SELECT|PRAGMA|INSERT)/.test(await request.clone().text());
    if (isQuestion && ++questions % QUESTIONS_BETWEEN_FAULTS === 0) return new Response("busy", { status: 503 });
    return fake.fetch(request);
  };
  const variables = {
    CLOUDFLARE_ACCOUNT_ID: fake.accountId,
    CLOUDFLARE_API_TOKEN: fake.token,
    CLOUDFLARE_API_BASE_URL: API,
    R2_ACCESS_KEY_ID: "unused",
    R2_SECRET_ACCESS_KEY: "unused",
  };
  return { fake, wire, variables };
}

describe("a backup of what npm start keeps", () => {
  it("goes into an account at Cloudflare, whose D1 answers 503 now and then, and back into an empty folder", async () => {
    const [here, there, to, again] = [temporaryFolder(), temporaryFolder(), temporaryFolder(), temporaryFolder()];
    const local = await openLocalAccount(here);
    await fill(local);
    await makeBackup(local, to, { version: "1", at: 1 });
    await local.close();

    const bucketOnly = await openLocalAccount(there);
    const { wire, variables } = newAccount();
    const database = await openCloudflareAccount("production", variables, wire);
    const remote = { ...database, bucket: bucketOnly.bucket };
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
    const { wire, variables } = newAccount();
    const another = { ...variables, CLOUDFLARE_API_TOKEN: "another" };
    await expect(openCloudflareAccount("production", another, wire)).rejects.toThrow(/401.*D1: Edit/);
    await expect(openCloudflareAccount("staging", variables, wire)).rejects.toThrow(
      "no D1 database radio-dream-control-staging",
    );
    await expect(openCloudflareAccount("production", {}, wire)).rejects.toThrow("CLOUDFLARE_ACCOUNT_ID");
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
