import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { STATION, type Stack, startStack } from "../harness/stack.ts";

const DEMO = join(import.meta.dirname, "../../dev/demo-library/demo/02-night-train.m4a");
const PREPARED_MS = 120_000;
const TIMEOUT_MS = 10_000;

const File = z.object({
  id: z.string(),
  state: z.string(),
  title: z.string(),
  reason: z.string().nullable(),
  preparation: z.object({ prepared: z.object({ sha256: z.string() }) }).nullable(),
});
const Addresses = z.object({ original: z.string(), prepared: z.string() });
const Link = z.object({ url: z.string() });

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ origins: 1 });
});
afterAll(() => stack?.stop());

const media = (path: string) => `/api/v1/stations/${STATION}/media${path}`;
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function upload(bytes: Buffer<ArrayBuffer>, fileName: string, contentType: string) {
  const response = await fetch(`${stack.controlUrl}${media("")}?fileName=${fileName}`, {
    method: "POST",
    body: bytes,
    headers: { authorization: `Bearer ${stack.adminToken}`, "content-type": contentType },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  expect(response.status).toBe(201);
  return File.parse(await response.json());
}

const read = (id: string) => stack.api(File, "GET", media(`/${id}`));
const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });

async function settled(id: string) {
  const states = ["in-review", "approved", "rejected"];
  await expect
    .poll(async () => states.includes((await read(id)).state), { timeout: PREPARED_MS, interval: 500 })
    .toBe(true);
  return read(id);
}

describe("a file that is uploaded", () => {
  it("is prepared by an origin, waits for a reviewer, and is public at the edge when one has said so", async () => {
    const original = await readFile(DEMO);
    const { id } = await upload(original, "night-train.m4a", "audio/mp4");
    const file = await settled(id);
    expect(file).toMatchObject({ state: "in-review", title: "Night Train" });

    const address = `${stack.edgeUrl}/${STATION}/media/${id}/original`;
    expect((await get(address)).status).toBe(404);
    const { url } = await stack.api(Link, "POST", media(`/${id}/audition`), {});
    const heard = await get(url);
    expect(heard.status).toBe(200);
    expect(hashOf(await heard.bytes())).toBe(file.preparation?.prepared.sha256);

    await stack.api(File, "POST", media(`/${id}/approve`), {});
    const addresses = await stack.api(Addresses, "PUT", media(`/${id}/public`));
    expect(addresses.original).toBe(address);
    await expect.poll(async () => (await get(address)).status, { timeout: 60_000, interval: 1000 }).toBe(200);
    expect(hashOf(await (await get(address)).bytes())).toBe(hashOf(original));
  });

  it("is rejected with the reason when it is no sound at all", async () => {
    const { id } = await upload(Buffer.from("no sound at all\n".repeat(100)), "fake.mp3", "audio/mpeg");
    expect(await settled(id)).toMatchObject({ state: "rejected", reason: expect.stringContaining("not sound") });
  });
});
