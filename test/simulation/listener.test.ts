import { describe, expect, it } from "vitest";
import type { Window } from "../../worker/playlist/window.ts";
import type { SimulatedEdge } from "./edge.ts";
import { Listener } from "./listener.ts";
import { VirtualTime } from "./virtual-time.ts";

const STARTED_AT = 1_800_000_000_000;
const LENGTH_MS = 3200;

/** Listens for so many ms to an edge that lists what `edgeAt` says by then. */
async function listen(forMs: number, edgeAt: (ms: number) => Partial<Window>, segmentMs = 40) {
  const time = new VirtualTime(STARTED_AT);
  const edge: Pick<SimulatedEdge, "playlist" | "segment"> = {
    playlist(answer) {
      const ms = time.monotonic();
      const newest = Math.floor(ms / LENGTH_MS) + 100;
      const window = { first: newest - 11, edge: newest, newest, reelSince: null, dueAt: 0, ...edgeAt(ms) };
      answer({ window, freshMs: 0 });
    },
    segment(_number, answer) {
      time.in(segmentMs, () => answer({ content: "programme" }));
    },
  };
  const listener = new Listener({ time, edge, framesPerSegment: 150, joinsInMs: 0 });
  await time.run(() => time.monotonic() >= forMs);
  return { listened: listener.finish(), violations: listener.violations };
}

describe("a listener", () => {
  it("hears all of a programme that is on time, from his first segment on", async () => {
    const { listened, violations } = await listen(60_000, () => ({}));
    expect(listened.stalled).toBe(0);
    expect(listened.programme).toBeGreaterThan(59_000);
    expect(violations).toEqual([]);
  });

  it("stalls once his buffer is empty, for as long as nothing new is listed", async () => {
    const { listened } = await listen(60_000, (ms) => (ms > 20_000 ? { first: 95, edge: 106 } : {}));
    expect(listened.stalled).toBeGreaterThan(27_000);
    expect(listened.stalled).toBeLessThan(34_000);
  });

  it("stalls when segments take longer than they last", async () => {
    const { listened } = await listen(60_000, () => ({}), 2 * LENGTH_MS);
    expect(listened.stalled).toBeGreaterThan(20_000);
  });

  it.each<[string, (ms: number) => Partial<Window>, RegExp]>([
    ["withdraws what it listed", (ms) => (ms > 20_000 ? { first: 80, edge: 91 } : {}), /withdrawn/],
    ["goes back at its beginning", (ms) => (ms > 20_000 ? { first: 60 } : {}), /went back/],
    ["lists nothing", (ms) => (ms > 20_000 ? { first: 200, edge: 199 } : {}), /lists nothing/],
    ["leaves behind who listens", (ms) => (ms > 20_000 ? { first: 200, edge: 211 } : {}), /fell out/],
  ])("notes a playlist that %s", async (_what, edgeAt, violation) => {
    const { violations } = await listen(40_000, edgeAt);
    expect(violations.join()).toMatch(violation);
  });
});
