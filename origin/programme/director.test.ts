import { describe, expect, it } from "vitest";
import { type Candidate, type Direction, direct, FIRST_DIRECTION } from "./director.ts";

type Fitness = "fit" | "unready" | "starving" | "silent";

function candidate(id: string, fitness: Fitness): Candidate {
  const source = id.startsWith("live") ? "live" : id === "relay" || id === "autopilot" ? id : "slate";
  const silent = fitness === "silent";
  return { id, source, ready: fitness === "fit" || silent, starving: fitness === "starving", silent };
}

const slate = candidate("slate", "fit");
const onAir = (id: string): Direction => ({ onAir: id, rests: new Map() });

describe("what is on air next", () => {
  it.each<[string, string | null, [string, Fitness][], boolean, string]>([
    ["the autopilot at the start", null, [["autopilot", "fit"]], true, "autopilot"],
    ["the slate when nothing else is ready", null, [["autopilot", "unready"]], true, "slate"],
    [
      "live when it is steady",
      "autopilot",
      [
        ["live", "fit"],
        ["autopilot", "fit"],
      ],
      true,
      "live",
    ],
    [
      "not live while it buffers",
      "autopilot",
      [
        ["live", "unready"],
        ["autopilot", "fit"],
      ],
      true,
      "autopilot",
    ],
    [
      "not live while the programme catches up",
      "autopilot",
      [
        ["live", "fit"],
        ["autopilot", "fit"],
      ],
      false,
      "autopilot",
    ],
    [
      "not a relay while the programme catches up",
      "autopilot",
      [
        ["relay", "fit"],
        ["autopilot", "fit"],
      ],
      false,
      "autopilot",
    ],
    [
      "live even while catching up, if it is on and lasts",
      "live",
      [
        ["live", "fit"],
        ["autopilot", "fit"],
      ],
      false,
      "live",
    ],
    [
      "live that buffers low but does not starve",
      "live",
      [
        ["live", "unready"],
        ["autopilot", "fit"],
      ],
      true,
      "live",
    ],
    [
      "the autopilot when live starves",
      "live",
      [
        ["live", "starving"],
        ["autopilot", "fit"],
      ],
      true,
      "autopilot",
    ],
    [
      "the slate when live and autopilot starve",
      "live",
      [
        ["live", "starving"],
        ["autopilot", "unready"],
      ],
      true,
      "slate",
    ],
    [
      "the autopilot when live is silent",
      "live",
      [
        ["live", "silent"],
        ["autopilot", "fit"],
      ],
      true,
      "autopilot",
    ],
    [
      "the slate rather than silence",
      "live",
      [
        ["live", "silent"],
        ["autopilot", "unready"],
      ],
      true,
      "slate",
    ],
    ["the autopilot when live is not allowed any more", "live", [["autopilot", "fit"]], true, "autopilot"],
    [
      "the newer host",
      "live-1",
      [
        ["live-2", "fit"],
        ["live-1", "fit"],
        ["autopilot", "fit"],
      ],
      true,
      "live-2",
    ],
    [
      "the older host until the newer is steady",
      "live-1",
      [
        ["live-2", "unready"],
        ["live-1", "fit"],
        ["autopilot", "fit"],
      ],
      true,
      "live-1",
    ],
    ["the autopilot when the slate is on and tracks are back", "slate", [["autopilot", "fit"]], true, "autopilot"],
  ])("is %s", (_, now, candidates, atClock, expected) => {
    const before = now === null ? FIRST_DIRECTION : onAir(now);
    const all = [...candidates.map(([id, fitness]) => candidate(id, fitness)), slate];
    expect(direct(before, all, { now: 0, atClock }).onAir).toBe(expected);
  });
});

describe("a source that starved on air", () => {
  const autopilot = candidate("autopilot", "fit");
  const fit = [candidate("live", "fit"), autopilot, slate];
  const starving = [candidate("live", "starving"), autopilot, slate];

  /** Ms after which live is on air again, having starved at `now`. */
  function restAfter(direction: Direction, now: number): { ms: number; direction: Direction } {
    let state = direct({ ...direction, onAir: "live" }, starving, { now, atClock: true });
    expect(state.onAir).toBe("autopilot");
    for (let ms = 0; ms < 100_000; ms += 100) {
      state = direct(state, fit, { now: now + ms, atClock: true });
      if (state.onAir === "live") return { ms, direction: state };
    }
    throw new Error("live never came back");
  }

  it("rests for 2 s, then ever longer up to 30 s if it goes on, and is forgiven after a good minute", () => {
    let now = 1000;
    let direction = onAir("live");
    const rests: number[] = [];
    for (let round = 0; round < 6; round++) {
      const rest = restAfter(direction, now);
      rests.push(rest.ms);
      direction = rest.direction;
      now += rest.ms + 5000;
    }
    expect(rests).toEqual([2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(restAfter(direction, now + 60_000).ms).toBe(2000);
  });

  it("does not rest when it was silent: it is back as soon as it is heard", () => {
    const silent = [candidate("live", "silent"), autopilot, slate];
    const left = direct(onAir("live"), silent, { now: 0, atClock: true });
    expect(left.onAir).toBe("autopilot");
    expect(direct(left, fit, { now: 1, atClock: true }).onAir).toBe("live");
  });

  it("does not rest when it was over in good order", () => {
    const over: Candidate = { ...candidate("live", "fit"), isOver: true };
    const left = direct(onAir("live"), [over, autopilot, slate], { now: 0, atClock: true });
    expect(left.onAir).toBe("autopilot");
    expect(direct(left, fit, { now: 1, atClock: true }).onAir).toBe("live");
  });

  it("does not rest when it left for another reason", () => {
    const left = direct(onAir("live"), [autopilot, slate], { now: 0, atClock: true });
    expect(left.onAir).toBe("autopilot");
    expect(direct(left, fit, { now: 1, atClock: true }).onAir).toBe("live");
  });
});
