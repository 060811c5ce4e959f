import { describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import { createIncidentQueue } from "./incident-queue.ts";

function queue() {
  const time = { monotonic: 0 };
  const clock = { now: () => 1234.5, monotonic: () => time.monotonic };
  return { time, incidents: createIncidentQueue(clock, createLog({ write: () => {} })) };
}

describe("Incidents that wait for control", () => {
  it("stay until control has heard them", () => {
    const { incidents } = queue();
    incidents.add("library-empty", "demo", "no track");
    const reported = incidents.waiting();
    expect(reported).toMatchObject([{ kind: "library-empty", station: "demo", message: "no track", at: 1235 }]);
    expect(incidents.waiting()).toEqual(reported);
    incidents.add("track-rejected", "demo", "not audio");
    incidents.done(reported);
    expect(incidents.waiting()).toMatchObject([{ kind: "track-rejected" }]);
  });

  it("are handed out fifty at a time, and the oldest go when control is away for long", () => {
    const { incidents, time } = queue();
    for (let number = 0; number < 500; number++) {
      time.monotonic += 60_000;
      incidents.add("noise", null, `${number}`);
    }
    const first = incidents.waiting();
    expect(first).toHaveLength(50);
    expect(first[0]?.message).toBe("300");
  });

  it("are five a minute of one kind and station, the rest is counted", () => {
    const { incidents, time } = queue();
    for (let number = 0; number < 40; number++) incidents.add("publisher-refused", "demo", `${number}`);
    incidents.add("publisher-refused", "other", "not of that flood");
    expect(incidents.waiting()).toHaveLength(6);
    time.monotonic += 60_000;
    incidents.add("publisher-refused", "demo", "again");
    expect(incidents.waiting().at(-1)?.message).toBe("again (35 more like it before were not reported)");
  });
});
