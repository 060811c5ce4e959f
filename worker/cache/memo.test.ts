import { createExecutionContext } from "cloudflare:test";
import { expect, it, vi } from "vitest";
import { createLog } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { Complaints } from "../complaints.ts";
import type { Reach } from "../reach.ts";
import { Memo, type Reading } from "./memo.ts";

function createSetting() {
  let now = 1_000_000;
  const lines: string[] = [];
  const clock = { now: () => now, monotonic: () => now };
  const context = createExecutionContext();
  const reach = {
    clock,
    complaints: new Complaints(createLog({ write: (line) => lines.push(line) }), clock) as Reach["complaints"],
    keep: (work: Promise<unknown>) => context.waitUntil(work),
  } as Reach;
  const memo = new Memo<string>("the thing", ({ readAt }) => readAt + 1000);
  const reads: string[] = [];
  const read = (value: string) => async (): Promise<Reading<string>> => {
    reads.push(value);
    return { value, readAt: now };
  };
  return { memo, reach, read, reads, lines, skip: (ms: number) => (now += ms) };
}

const never = () => new Promise<never>(() => {});

it("reads once while the value is fresh, and anew when it is due", async () => {
  const { memo, reach, read, reads, skip } = createSetting();
  await memo.refresh(read("one"), reach);
  skip(999);
  await memo.refresh(read("two"), reach);
  expect(memo.last).toBe("one");
  skip(1);
  await memo.refresh(read("three"), reach);
  expect(memo.last).toBe("three");
  expect(reads).toEqual(["one", "three"]);
});

it("keeps the last value when reading fails, says so, and tries again after a second", async () => {
  const { memo, reach, read, lines, skip } = createSetting();
  await memo.refresh(read("one"), reach);
  skip(1000);
  await memo.refresh(() => Promise.reject(new Error("out of order")), reach);
  expect(memo.last).toBe("one");
  expect(lines.join()).toContain("out of order");
  await memo.refresh(read("too early"), reach);
  expect(memo.last).toBe("one");
  skip(1000);
  await memo.refresh(read("two"), reach);
  expect(memo.last).toBe("two");
});

it("lets a request go on with a recent value when the read takes long", async () => {
  const { memo, reach, read, skip } = createSetting();
  await memo.refresh(read("one"), reach);
  skip(1000);
  const begin = Date.now();
  await memo.refresh(never, reach);
  expect(Date.now() - begin).toBeLessThan(3000);
  expect(memo.last).toBe("one");
});

it("answers others at once with a recent value while one request reads", async () => {
  const { memo, reach, read, reads, skip } = createSetting();
  await memo.refresh(read("one"), reach);
  skip(1000);
  void memo.refresh(never, reach);
  await memo.refresh(read("two"), reach);
  expect(memo.last).toBe("one");
  expect(reads).toEqual(["one"]);
});

it("makes others wait for the first value", async () => {
  const { memo, reach, read, reads } = createSetting();
  const slow = async (): Promise<Reading<string>> => {
    await pause(60);
    return read("slow")();
  };
  void memo.refresh(slow, reach);
  await memo.refresh(read("second"), reach);
  expect(memo.last).toBe("slow");
  expect(reads).toEqual(["slow"]);
});

it("lets another request read when the first one is gone", async () => {
  const { memo, reach, read, skip } = createSetting();
  void memo.refresh(never, reach);
  const waiting = memo.refresh(read("second"), reach);
  skip(5000);
  await waiting;
  expect(memo.last).toBe("second");
});

it("is due when the clock was set back", async () => {
  const { memo, reach, read, skip } = createSetting();
  await memo.refresh(read("one"), reach);
  skip(-60_000);
  await memo.refresh(read("two"), reach);
  await vi.waitFor(() => expect(memo.last).toBe("two"));
});
