import { describe, expect, it } from "vitest";
import { type Supplied, supplyFrom } from "./supply.ts";

const SECOND = 48_000;
const item = (from: number, until: number, buffered: number | null = until): Supplied => ({
  from: from * SECOND,
  until: until * SECOND,
  buffered: buffered === null ? null : buffered * SECOND,
});
/** In seconds. */
const supply = (at: number, items: Supplied[]) => {
  const { until, isGap } = supplyFrom(at * SECOND, items, (at + 4) * SECOND);
  return [until / SECOND, isGap ? "gap" : "more to come"];
};

describe("what can be heard of a rundown", () => {
  it.each([
    ["goes as far as the present item is decoded", 10, [item(0, 60, 11.5)], [11.5, "more to come"]],
    ["does not end with an item that another follows", 10, [item(0, 11), item(10.5, 60, 12)], [12, "more to come"]],
    ["goes as far as all are decoded that are heard", 10, [item(0, 12, 10.2), item(9, 60)], [10.2, "more to come"]],
    ["is endless where all is decoded", 10, [item(0, 60)], [14, "more to come"]],
    ["ends where nothing follows", 10, [item(0, 12)], [12, "gap"]],
    ["ends where nothing is on", 10, [], [10, "gap"]],
    [
      "ends where the next item's file is missing, even if the present one goes on",
      10,
      [item(0, 12), item(11, 60, null)],
      [11, "gap"],
    ],
    ["is nothing while the present item's file is missing", 11, [item(0, 12, null)], [11, "gap"]],
    [
      "begins with the next item, although the missing one would still be heard",
      11,
      [item(0, 12, null), item(11, 60)],
      [15, "more to come"],
    ],
    ["does not mind half a second of silence", 10, [item(0, 11), item(11.5, 60)], [14, "more to come"]],
    ["ends with more silence than that", 10, [item(0, 11), item(11.6, 60)], [11, "gap"]],
    ["ends at a short item whose file is missing", 10, [item(0, 12), item(11, 13, null), item(12.5, 60)], [11, "gap"]],
    ["is nothing in the wait for what begins later", 10, [item(12, 60)], [10, "gap"]],
    ["is nothing, but more is to come, when a decoder is late", 10, [item(0, 60, 9)], [10, "more to come"]],
  ] as const)("%s", (_, at, items, expected) => {
    expect(supply(at, [...items])).toEqual([...expected]);
  });
});
