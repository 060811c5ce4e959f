import { beforeEach, describe, expect, it } from "vitest";
import { preparedKey } from "../../contracts/media.ts";
import { MAX_PLAN_BYTES, planKey } from "../../contracts/plan.ts";
import { createWorld, TOKENS, textOf, type World } from "../test-world.ts";

const PLAN = JSON.stringify({ schema: 1, station: "demo" });
const SOUND = new Uint8Array(1000).map((_, index) => index % 251);
const SHA256 = "a".repeat(64);
const PREPARED = `/origin/v1/demo/prepared/${SHA256}`;

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

function ask(path: string, headers: Record<string, string> = {}, method = "GET") {
  return world.fetch(path, { method, headers: { authorization: `Bearer ${TOKENS.a}`, ...headers } });
}

async function expectRefusal(response: Response, status: number, code: string) {
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(response.status).toBe(status);
  expect(response.headers.get("cache-control")).toBe("no-store");
}

describe("the plan of a station", () => {
  it("is given to an origin as it is stored, and not again until it changes", async () => {
    await world.put(planKey("demo"), PLAN);
    const first = await ask("/origin/v1/demo/plan");
    expect(first.status).toBe(200);
    expect(first.headers.get("content-type")).toBe("application/json");
    expect(await textOf(first)).toBe(PLAN);
    const etag = first.headers.get("etag") ?? "";
    world.resetCounts();
    const again = await ask("/origin/v1/demo/plan", { "if-none-match": etag });
    expect([again.status, await textOf(again)]).toEqual([304, ""]);
    expect(world.counts).toMatchObject({ get: 0, head: 1 });

    await world.put(planKey("demo"), `${PLAN} `);
    const changed = await ask("/origin/v1/demo/plan", { "if-none-match": etag });
    expect([changed.status, await textOf(changed)]).toEqual([200, `${PLAN} `]);
  });

  it("is 404 when none is published", async () => {
    await expectRefusal(await ask("/origin/v1/demo/plan"), 404, "no_plan");
  });

  it("is not for those without an origin's token, nor is that of a station that is not routed", async () => {
    await world.put(planKey("demo"), PLAN);
    await expectRefusal(await world.fetch("/origin/v1/demo/plan"), 401, "token_missing");
    await expectRefusal(await ask("/origin/v1/demo/plan", { authorization: "Bearer guess" }), 401, "token_wrong");
    await expectRefusal(await ask("/origin/v1/other/plan"), 403, "foreign_prefix");
  });

  it("is not passed on when it is larger than origins take", async () => {
    await world.put(planKey("demo"), new Uint8Array(MAX_PLAN_BYTES + 1).buffer);
    await expectRefusal(await ask("/origin/v1/demo/plan"), 500, "too_large");
  });

  it("is 503 when R2 fails", async () => {
    await world.put(planKey("demo"), PLAN);
    world.faults.get = (key) => (key === planKey("demo") ? "throw" : null);
    await expectRefusal(await ask("/origin/v1/demo/plan"), 503, "storage_failed");
  });
});

describe("a prepared file", () => {
  beforeEach(() => world.put(preparedKey("demo", SHA256), SOUND.buffer));

  it("is given whole, and may be kept by the one who asked", async () => {
    const response = await ask(PREPARED);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(SOUND);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "audio/flac",
      "content-length": "1000",
      "accept-ranges": "bytes",
      "cache-control": "private, max-age=86400, immutable",
    });
  });

  it("is given in parts, so that a download that was cut goes on", async () => {
    const response = await ask(PREPARED, { range: "bytes=400-" });
    expect([response.status, response.headers.get("content-range")]).toEqual([206, "bytes 400-999/1000"]);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(SOUND.subarray(400));
    const beyond = await ask(PREPARED, { range: "bytes=1000-" });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */1000"]);
    const other = await ask(PREPARED, { range: "bytes=400-", "if-range": '"another"' });
    expect([other.status, (await other.arrayBuffer()).byteLength]).toEqual([200, 1000]);
  });

  it("is 404 when the station has none of that name, and without a name that is a hash", async () => {
    await expectRefusal(await ask(`/origin/v1/demo/prepared/${"b".repeat(64)}`), 404, "no_prepared_file");
    await expectRefusal(await ask("/origin/v1/demo/prepared/..%2F..%2Fplan"), 404, "not_found");
  });

  it("is not for those without an origin's token", async () => {
    await expectRefusal(await world.fetch(PREPARED), 401, "token_missing");
  });
});
