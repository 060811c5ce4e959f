import { describe, expect, it, onTestFinished } from "vitest";
import { frameAt } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { openFeed } from "../ingest/live-feed.ts";
import { LiveDesk } from "./live-desk.ts";
import type { LiveHost } from "./may-go-live.ts";
import { silentLog } from "./test-rig.ts";

const BEGIN = 1_800_000_000_000;

function start(admits: (host: LiveHost) => boolean = () => true) {
  const desk = new LiveDesk({
    isAllowed: true,
    admits,
    firstFrame: frameAt(BEGIN),
    silenceSeconds: 0,
    onIncident: () => {},
    clock: systemClock,
    log: silentLog(),
  });
  onTestFinished(() => desk.close());
  const offer = (since: number) => {
    const key = { id: "1", name: "Ada" };
    desk.offer(openFeed({ station: "demo", key, remote: "192.0.2.1:5", since, clock: systemClock }).feed);
  };
  return { desk, offer };
}

it("turns newer hosts away for one who is on air, but not for one whose audio has dried up", () => {
  const { desk, offer } = start();
  expect(desk.isTaken(null)).toBe(false);
  offer(BEGIN);
  expect(desk.isTaken(null)).toBe(false);
  expect(desk.isTaken(desk.hosts[0] ?? null)).toBe(true);
});

describe("how long a host has been on air", () => {
  const heardSince = (since: number, frames: number[]) => {
    const asked: LiveHost[] = [];
    const { desk, offer } = start((host) => asked.push(host) > 0);
    offer(since);
    for (const frame of frames) desk.candidates(desk.hosts[0] ?? null, frame);
    if (frames.length === 0) desk.candidates(null, frameAt(BEGIN));
    return asked.at(-1)?.heardSince;
  };

  it("is reckoned from the connection when it is older than the programme: the studio has changed", () => {
    expect(heardSince(BEGIN - 60_000, [])).toBe(frameAt(BEGIN - 60_000));
    expect(heardSince(BEGIN - 60_000, [frameAt(BEGIN)])).toBe(frameAt(BEGIN - 60_000));
  });

  it("is unknown before one who came later is on air, and then reckoned from the first frame", () => {
    expect(heardSince(BEGIN + 1000, [])).toBeNull();
    const [first, second] = [frameAt(BEGIN) + 100, frameAt(BEGIN) + 101];
    expect(heardSince(BEGIN + 1000, [first, second])).toBe(first);
  });
});
