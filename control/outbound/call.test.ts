import { describe, expect, it } from "vitest";
import { attempt, call, isWorthRetrying, MAX_ANSWER_BYTES } from "./call.ts";

const CALL = { method: "GET", url: "https://far.example/path" } as const;

describe("a call to the outside", () => {
  it("does not follow where it is sent on to", async () => {
    const redirects: string[] = [];
    const fetch = async (request: Request) => {
      redirects.push(request.redirect);
      return new Response(null, { status: 307, headers: { location: "http://169.254.169.254/" } });
    };
    expect(await attempt(fetch, CALL, 1000)).toEqual({ ok: false, retry: false, reason: "answered 307" });
    expect(redirects).toEqual(["manual"]);
  });

  it("takes in a bounded part of an answer that has no end", async () => {
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(10_000).fill(97)),
      cancel: () => {
        cancelled = true;
      },
    });
    const answer = await call(async () => new Response(endless), CALL, 5000);
    expect([answer.status, answer.body.length, cancelled]).toEqual([200, MAX_ANSWER_BYTES, true]);
  });

  it("has a time limit that the body is under too, and its request is aborted then", async () => {
    const signals: AbortSignal[] = [];
    const fetch = async (request: Request) => {
      signals.push(request.signal);
      return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) }));
    };
    await expect(call(fetch, CALL, 50)).rejects.toThrow("far.example took longer than 50 ms");
    expect(signals[0]?.aborted).toBe(true);
  });

  it.each([
    [400, false],
    [401, false],
    [404, false],
    [408, true],
    [423, true],
    [429, true],
    [500, true],
    [503, true],
  ])("that is answered %d is worth another try: %s", (status, expected) => {
    expect(isWorthRetrying(status)).toBe(expected);
  });
});
