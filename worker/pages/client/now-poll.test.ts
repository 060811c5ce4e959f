import { afterEach, describe, expect, it, vi } from "vitest";
import type { NowJson } from "../../../contracts/now-json.ts";
import { createLog } from "../../../kit/log.ts";
import { NowPoll } from "./now-poll.ts";

const NOW: NowJson = { station: "demo", name: "Demo", now: null, history: [], next: [] };

function poll(...answers: (() => Response)[]) {
  let now = 0;
  const lines: string[] = [];
  const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => {
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("no network");
    return answer();
  });
  const nowPoll = new NowPoll("/demo/now.json", {
    clock: { now: () => now, monotonic: () => now },
    random: () => 0,
    usualMs: 10_000,
    log: createLog({ write: (line) => lines.push(line) }),
  });
  /** A tick that many ms later, and the answer if one was asked for. */
  const tickAfter = async (ms: number) => {
    now += ms;
    nowPoll.tick();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { nowPoll, fetched, lines, tickAfter };
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe("asking what is on", () => {
  it("asks at the first tick, and then about every ten seconds", async () => {
    const { nowPoll, fetched, tickAfter } = poll(
      () => Response.json(NOW),
      () => Response.json({ ...NOW, name: "Demo 2" }),
    );
    await tickAfter(0);
    expect(nowPoll.latest).toEqual(NOW);
    await tickAfter(7500);
    expect(fetched).toHaveBeenCalledTimes(1);
    await tickAfter(500);
    expect(nowPoll.latest?.name).toBe("Demo 2");
  });

  it.each([
    ["an error", () => new Response("", { status: 503 })],
    ["something else", () => Response.json({ station: 7 })],
    ["no JSON", () => new Response("<html>")],
  ])("keeps what it knows when the answer is %s, says so, and asks again", async (_, bad) => {
    const { nowPoll, lines, tickAfter } = poll(
      () => Response.json(NOW),
      bad,
      () => Response.json({ ...NOW, name: "Demo 2" }),
    );
    await tickAfter(0);
    await tickAfter(8000);
    expect(nowPoll.latest).toEqual(NOW);
    expect(lines).toHaveLength(1);
    await tickAfter(8000);
    expect(nowPoll.latest?.name).toBe("Demo 2");
  });

  it("survives without network", async () => {
    const { nowPoll, lines, tickAfter } = poll();
    await tickAfter(0);
    expect(nowPoll.latest).toBeNull();
    expect(lines[0]).toContain("no network");
  });
});
