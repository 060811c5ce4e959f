import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { openFeed } from "../ingest/live-feed.ts";
import { LiveDesk } from "./live-desk.ts";
import { silentLog } from "./test-rig.ts";

it("turns newer hosts away for one who is on air, but not for one whose audio has dried up", () => {
  const desk = new LiveDesk({
    isAllowed: true,
    admits: () => true,
    silenceSeconds: 0,
    onIncident: () => {},
    clock: systemClock,
    log: silentLog(),
  });
  onTestFinished(() => desk.close());
  expect(desk.isTaken(null)).toBe(false);
  const key = { id: "1", name: "Ada" };
  desk.offer(openFeed({ station: "demo", key, remote: "192.0.2.1:5", clock: systemClock }).feed);
  expect(desk.isTaken(null)).toBe(false);
  expect(desk.isTaken(desk.hosts[0] ?? null)).toBe(true);
});
