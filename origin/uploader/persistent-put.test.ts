import { describe, expect, it } from "vitest";
import { judgeAnswer } from "./edge-request.ts";
import { delayMs } from "./persistent-put.ts";

const always = (value: number) => () => value;
const unreachable = { kind: "retry", reason: "ECONNREFUSED", afterMs: null } as const;

describe("the wait before the next attempt", () => {
  it("doubles from 250 ms to 4 s, with jitter in its upper half", () => {
    const waits = (random: () => number) =>
      [0, 1, 2, 3, 4, 5, 50].map((failures) => delayMs(unreachable, failures, random));
    expect(waits(always(1))).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
    expect(waits(always(0))).toEqual([125, 250, 500, 1000, 2000, 2000, 2000]);
  });

  it("is at least what the edge asks for", () => {
    expect(delayMs({ ...unreachable, afterMs: 7000 }, 0)).toBe(7000);
    expect(delayMs({ ...unreachable, afterMs: 0 }, 0, always(1))).toBe(250);
  });

  it("is long from the first when someone has to act", () => {
    expect(delayMs({ kind: "denied", reason: "401" }, 0, always(1))).toBe(4000);
  });
});

describe("an answer", () => {
  it.each([
    [500, "retry"],
    [503, "retry"],
    [429, "retry"],
    [408, "retry"],
    [401, "denied"],
    [403, "denied"],
    [404, "denied"],
    [400, "refused"],
    [413, "refused"],
    [422, "refused"],
  ])("of status %d means: %s", (status, kind) => {
    expect(judgeAnswer(status, "", null).kind).toBe(kind);
  });

  it("may ask for a wait in seconds, of which half a minute is the most", () => {
    expect(judgeAnswer(429, "", "3")).toMatchObject({ afterMs: 3000 });
    expect(judgeAnswer(503, "", "86400")).toMatchObject({ afterMs: 30_000 });
    expect(judgeAnswer(503, "", "Wed, 21 Oct 2026 07:28:00 GMT")).toMatchObject({ afterMs: null });
  });

  it("is reported with its message, if it has one", () => {
    expect(judgeAnswer(422, '{"error":{"code":"wrong_hash","message":"not what was announced"}}', null).reason).toBe(
      "the edge answered 422: not what was announced",
    );
    expect(judgeAnswer(500, "<html>", null).reason).toBe("the edge answered 500");
  });
});
