import { beforeEach, describe, expect, it } from "vitest";
import type { Reach } from "../reach.ts";
import { Memos } from "./memos.ts";

let now = 0;
let reads: string[] = [];
const reach = {
  clock: { now: () => now, monotonic: () => now },
  keep: () => {},
  complaints: { add: () => {} },
} as unknown as Reach;

beforeEach(() => {
  now = 1000;
  reads = [];
});

describe("memos by name", () => {
  const memos = () =>
    new Memos<string | null>({ subject: (name) => name, freshMs: (value) => (value ? 100 : 1), max: 2 });

  async function ask(kept: Memos<string | null>, name: string, value: string | null = name) {
    const memo = kept.of(name);
    await memo.refresh(async () => {
      reads.push(name);
      return { value, readAt: now };
    }, reach);
    return memo.last;
  }

  it("are read once each while they are fresh, for as long as their value says", async () => {
    const kept = memos();
    expect([await ask(kept, "a"), await ask(kept, "a"), await ask(kept, "b", null)]).toEqual(["a", "a", null]);
    now += 1;
    await ask(kept, "a");
    await ask(kept, "b", "now there");
    expect(reads).toEqual(["a", "b", "b"]);
    now += 100;
    await ask(kept, "a");
    expect(reads).toEqual(["a", "b", "b", "a"]);
  });

  it("are so many at most: the one that was asked for longest ago makes room", async () => {
    const kept = memos();
    for (const name of ["a", "b", "a", "c", "a", "b"]) await ask(kept, name);
    expect(reads).toEqual(["a", "b", "c", "b"]);
  });
});
