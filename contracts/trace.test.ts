import { describe, expect, it } from "vitest";
import { formatTrace, newTrace, nextStep, traceFrom } from "./trace.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const sevens = (length: number) => new Uint8Array(length).fill(7);

describe("A trace", () => {
  it("goes on under the id that was asked with, as a step of its own", () => {
    const trace = traceFrom(`00-${ID}-${SPAN}-00`, sevens);
    expect(trace).toEqual({ id: ID, span: "07".repeat(8), flags: "00" });
    expect(formatTrace(trace)).toBe(`00-${ID}-${"07".repeat(8)}-00`);
  });

  it("of a later version is understood as far as it is known", () => {
    expect(traceFrom(`cc-${ID}-${SPAN}-01-what-the-future-holds`).id).toBe(ID);
  });

  it.each([
    null,
    undefined,
    "",
    ID,
    `00-${ID}-${SPAN}`,
    `00-${ID}-${SPAN}-01-more`,
    `ff-${ID}-${SPAN}-01`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${ID}-${"0".repeat(16)}-01`,
    `00-${ID.toUpperCase()}-${SPAN}-01`,
    `00-${ID}-${SPAN}-01\n{"level":"error"}`,
    `cc-${ID}-${SPAN}-01-${"x".repeat(300)}`,
  ])("begins anew where %j is asked with", (header) => {
    const trace = traceFrom(header);
    expect(formatTrace(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(trace.id).not.toBe(ID);
  });

  it("has an id that no other has, and steps that are no two alike", () => {
    const trace = newTrace();
    expect(newTrace().id).not.toBe(trace.id);
    expect(nextStep(trace)).toMatchObject({ id: trace.id });
    expect(nextStep(trace).span).not.toBe(trace.span);
  });
});
