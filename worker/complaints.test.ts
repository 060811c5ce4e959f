import { expect, it } from "vitest";
import { createLog } from "../kit/log.ts";
import { Complaints } from "./complaints.ts";

it("says of each fault that it goes on once in ten seconds, and how often it was not said", () => {
  let now = 0;
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  const complaints = new Complaints(log, { now: () => now, monotonic: () => now });
  for (now = 0; now <= 10_000; now += 1000) complaints.add("R2", new Error("out"));
  complaints.add("the cache", new Error("out"));
  const said = lines.map((line) => JSON.parse(line));
  expect(said.map(({ message, unsaid }) => [message, unsaid])).toEqual([
    ["R2", 0],
    ["R2", 9],
    ["the cache", 0],
  ]);
});
