import { beforeEach, describe, expect, it } from "vitest";
import { createWorld, soundSegment, type World } from "./test-world.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const lines = () => world.lines.map((line) => JSON.parse(line));

describe("The edge's trace", () => {
  it("of an upload that is refused is that of the origin: in the answer, its body and the log", async () => {
    const path = `demo/aac-48k/${world.newest()}.ts`;
    const response = await world.upload("a", path, "no segment", { traceparent });
    expect(response.headers.get("traceresponse")).toMatch(new RegExp(`^00-${TRACE}-`));
    expect(await response.json()).toMatchObject({ error: { code: "not_this_segment", trace: TRACE } });
    const line = { message: "answered", trace: TRACE, method: "PUT", path: `/origin/v1/${path}`, status: 422 };
    expect(lines()).toContainEqual(expect.objectContaining(line));
  });

  it("of an upload that works is told too, and logged in detail alone", async () => {
    const number = world.newest();
    const response = await world.upload("a", `demo/aac-48k/${number}.ts`, await soundSegment(number), { traceparent });
    expect(response.status).toBe(204);
    expect(response.headers.get("traceresponse")).toMatch(new RegExp(`^00-${TRACE}-`));
    expect(lines()).toEqual([]);
  });

  it("of a listener's request is there when something is wrong, one and the same in answer and log", async () => {
    world.faults.get = () => "throw";
    const response = await world.fetch(`/demo/aac-48k/live.m3u8`);
    expect(response.status).toBe(503);
    const { error } = (await response.json()) as { error: { trace: string } };
    expect(error.trace).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get("traceresponse")).toContain(error.trace);
    expect(lines()).toContainEqual(expect.objectContaining({ level: "warn", trace: error.trace }));
  });

  it("is no way into the log for who makes one up", async () => {
    const response = await world.fetch("/demo/none", { headers: { traceparent: '","level":"error' } });
    const { error } = (await response.json()) as { error: { trace: string } };
    expect(error.trace).toMatch(/^[0-9a-f]{32}$/);
  });
});
