import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { approve, ofStation, settled, upload } from "../harness/media.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";

const DEMO = join(import.meta.dirname, "../../dev/demo-library/demo/02-night-train.m4a");
const TIMEOUT_MS = 10_000;

const Addresses = z.object({ original: z.string(), prepared: z.string() });
const Link = z.object({ url: z.string() });

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ origins: 1 });
});
afterAll(() => stack?.stop());

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });

describe("a file that is uploaded", () => {
  it("is prepared by an origin, waits for a reviewer, and is public at the edge when one has said so", async () => {
    const original = await readFile(DEMO);
    const { id } = await upload(stack, original, "night-train.m4a", "audio/mp4");
    const file = await settled(stack, id);
    expect(file).toMatchObject({ state: "in-review", title: "Night Train" });

    const address = `${stack.edgeUrl}/${STATION}/media/${id}/original`;
    expect((await get(address)).status).toBe(404);
    const { url } = await stack.api(Link, "POST", ofStation(`/media/${id}/audition`), {});
    const heard = await get(url);
    expect(heard.status).toBe(200);
    expect(hashOf(await heard.bytes())).toBe(file.preparation?.prepared.sha256);

    await approve(stack, id);
    const addresses = await stack.api(Addresses, "PUT", ofStation(`/media/${id}/public`));
    expect(addresses.original).toBe(address);
    await expect.poll(async () => (await get(address)).status, { timeout: 60_000, interval: 1000 }).toBe(200);
    expect(hashOf(await (await get(address)).bytes())).toBe(hashOf(original));
  });

  it("is rejected with the reason when it is no sound at all", async () => {
    const { id } = await upload(stack, Buffer.from("no sound at all\n".repeat(100)), "fake.mp3", "audio/mpeg");
    expect(await settled(stack, id)).toMatchObject({ state: "rejected", reason: expect.stringContaining("not sound") });
  });
});
