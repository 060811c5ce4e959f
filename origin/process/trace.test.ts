import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { traceFrom } from "../../contracts/trace.ts";
import { createLog } from "../../kit/log.ts";
import { inTrace, outsideTraces, traceFields, tracingFetch } from "./trace.ts";

function world() {
  const lines: { message: string; trace?: string }[] = [];
  const asked: Headers[] = [];
  const log = createLog({ level: "debug", write: (line) => lines.push(JSON.parse(line)), present: traceFields });
  const send = tracingFetch(async (_, init) => {
    asked.push(new Headers(init?.headers));
    return new Response(null, { status: 204 });
  }, log);
  return { lines, asked, log, send };
}

describe("Work in a trace", () => {
  it("has one id in its log lines and its calls, each of which is a step of its own", async () => {
    const { lines, asked, log, send } = world();
    await inTrace(async () => {
      log.info("begun");
      await delay(1);
      await send("http://edge.test/a", { headers: { authorization: "Bearer x" } });
      await send("http://edge.test/b?token=secret", { method: "PUT" });
      log.info("done");
    });
    expect(new Set(lines.map(({ trace }) => trace)).size).toBe(1);
    expect(lines.map(({ message }) => message)).toEqual(["begun", "called", "called", "done"]);
    expect(lines[2]).toMatchObject({ method: "PUT", path: "/b", status: 204 });
    const steps = asked.map((headers) => headers.get("traceparent") ?? "");
    expect(steps.map((step) => traceFrom(step).id)).toEqual([lines[0]?.trace, lines[0]?.trace]);
    expect(steps[0]).not.toBe(steps[1]);
    expect(asked[0]?.get("authorization")).toBe("Bearer x");
  });

  it("that goes on beside other work is not mixed up with it", async () => {
    const { lines, log } = world();
    const work = (name: string) => async () => {
      log.info(name);
      await delay(1);
      log.info(name);
    };
    await Promise.all([inTrace(work("one")), inTrace(work("other"))]);
    const ids = Map.groupBy(lines, ({ message }) => message).values();
    const [first, second] = [...ids].map((group) => new Set(group.map(({ trace }) => trace)));
    expect([first?.size, second?.size]).toEqual([1, 1]);
    expect([...(first ?? [])]).not.toEqual([...(second ?? [])]);
  });

  it("is all that has an id: neither what is beside it, nor what it sets off for good", async () => {
    const { lines, log } = world();
    log.info("outside");
    const outliving = inTrace(() => outsideTraces(() => delay(1).then(() => log.info("later"))));
    await outliving;
    expect(lines.map(({ message, trace }) => [message, trace])).toEqual([
      ["outside", undefined],
      ["later", undefined],
    ]);
  });
});
