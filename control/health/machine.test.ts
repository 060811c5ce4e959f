import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OriginState } from "../../contracts/fleet.ts";
import { makeOrigin } from "../registry/test-registry.ts";
import { changesOf } from "./changes.ts";
import type { Facts } from "./facts.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "./health-policy.ts";
import { decide, type Record } from "./machine.ts";
import { trialWaitMs } from "./relapses.ts";
import { statesThat } from "./states.ts";
import { anyFacts, anyOriginEver, makeFacts, NOW } from "./test-facts.ts";

type Case = [title: string, past: Partial<Record>, facts: Partial<Facts>, to: OriginState | null, reason?: RegExp];

const GONE = { silentMs: 4100, lateMs: 1500 };
const LATE = { lateMs: 5100 };
const WELL = {};

const CASES: { [State in OriginState]: Case[] } = {
  registering: [
    ["goes on trial as soon as it is heard", {}, {}, "trial", /heard/],
    ["goes on trial even while control may not judge", {}, { judging: false }, "trial"],
    ["waits while it is not heard", {}, { silentMs: 60_000 }, null],
  ],
  trial: [
    ["is admitted after five proven segments", {}, { provenSegments: 5 }, "active", /5 segments/],
    ["is not admitted after four", {}, { provenSegments: 4 }, null],
    ["is not admitted while it slices nothing", {}, { provenSegments: null }, null],
    ["is not admitted while something grave speaks against it", {}, { provenSegments: 5, rung: "report" }, "evicted"],
    [
      "is admitted although another is odd, alone in its fleet",
      {},
      { provenSegments: 5, othersWithAudio: 0 },
      "active",
    ],
    ["has failed a try when it takes too long", { stateSince: NOW - 60_001 }, WELL, "evicted", /try 1 of 3/],
    ["has failed a try when it dies", {}, GONE, "evicted", /silent for 4.1 s \(try 1 of 3\)/],
    ["has failed a try when it gives up itself", {}, { rung: "report" }, "evicted", /rung report/],
    ["has failed for good at the third try", { tries: 2 }, GONE, "failed", /try 3 of 3/],
    ["stays when nobody else has audio", { stateSince: NOW - 1e9 }, { othersWithAudio: 0 }, null],
    ["stays while control may not judge", { stateSince: NOW - 1e9 }, { ...GONE, judging: false }, null],
    ["may be odd and late while it tries", {}, { ...LATE, oddSegments: 4 }, null],
  ],
  active: [
    ["stays", {}, WELL, null],
    ["is suspect when a heartbeat is overdue", {}, { silentMs: 3100, lateMs: 100 }, "suspect", /silent for 3.1 s/],
    ["is evicted when it neither speaks nor uploads", {}, GONE, "evicted", /silent for 4.1 s/],
    ["is but suspect when it does not speak, but uploads", {}, { silentMs: 4100 }, "suspect", /though it uploads/],
    ["is evicted when it uploads and has not spoken for a minute", {}, { silentMs: 60_100 }, "evicted"],
    ["is suspect when its next segment is late", {}, { lateMs: 2600 }, "suspect", /2.6 s late/],
    ["is evicted when it is later", {}, LATE, "evicted"],
    ["is but suspect by it while its process is new", {}, { ...LATE, startedMs: 9000 }, "suspect"],
    ["is evicted when a new process goes on being late", {}, { lateMs: 15_100, startedMs: 14_000 }, "evicted"],
    ["stays when all are late: R2 it is, or the studio", {}, { ...LATE, peersOnTime: false }, null],
    ["stays when nobody is heard: control itself it is", {}, { ...GONE, othersHeard: false, peersOnTime: false }, null],
    ["stays when it was never seen", {}, { lateMs: null }, null],
    ["is suspect by one odd segment", {}, { oddSegments: 1 }, "suspect", /differ from what most/],
    ["is evicted by two", {}, { oddSegments: 2 }, "evicted"],
    [
      "is watched when it differs from its one peer, and no more",
      {},
      { disputedSegments: 5 },
      "suspect",
      /nobody knows/,
    ],
    ["is suspect by two segments of dead air", {}, { deadAirSegments: 2 }, "suspect", /dead air/],
    ["is evicted by three", {}, { deadAirSegments: 3 }, "evicted"],
    ["is suspect when its clock is off", {}, { clockOffMs: -1600 }, "suspect", /clock is 1.6 s off/],
    ["is evicted when its clock is far off", {}, { clockOffMs: 300_000 }, "evicted"],
    ["is evicted when it gives up itself", {}, { rung: "report" }, "evicted", /rung report/],
    ["is but suspect, however ill, when nobody else has audio", {}, { ...GONE, othersWithAudio: 0 }, "suspect"],
    ["stays, however ill, while control may not judge", {}, { ...GONE, judging: false }, null],
    ["has failed after six evictions", { evictions: 5, evictedAt: NOW - 1000 }, GONE, "failed", /6 times/],
    ["is evicted again when the others are long ago", { evictions: 5, evictedAt: NOW - 3_600_000 }, GONE, "evicted"],
  ],
  suspect: [
    ["is cleared after five seconds without a sign", { stateSince: NOW - 5000 }, WELL, "active"],
    ["is not cleared before", { stateSince: NOW - 4999 }, WELL, null],
    ["is not cleared while a sign is left", { stateSince: NOW - 1e9 }, { disputedSegments: 1 }, null],
    ["is evicted when it becomes grave", {}, LATE, "evicted", /5.1 s late/],
    ["is never evicted by a dispute alone", { stateSince: NOW - 1e9 }, { disputedSegments: 5 }, null],
    ["is not evicted when nobody else has audio", {}, { ...LATE, othersWithAudio: 0 }, null],
    ["is neither cleared nor evicted while control may not judge", { stateSince: 0 }, { judging: false }, null],
  ],
  evicted: [
    ["may try again soon after its first eviction", { evictions: 1, evictedAt: NOW - 10_000 }, WELL, "trial"],
    ["may not try again at once", { evictions: 1, evictedAt: NOW - 9999 }, WELL, null],
    ["waits after its second", { evictions: 2, evictedAt: NOW - 59_999 }, WELL, null],
    ["waits no longer than that", { evictions: 2, evictedAt: NOW - 60_000 }, WELL, "trial"],
    ["waits twice as long after its third", { evictions: 3, evictedAt: NOW - 119_999 }, WELL, null],
    ["waits not at all when nobody else has audio", { evictions: 9, evictedAt: NOW }, { othersWithAudio: 0 }, "trial"],
    ["stays out until all that follows from its eviction is done", { stepsOpen: true }, WELL, null],
    ["stays out while it is not heard", {}, { silentMs: 3001 }, null],
    ["stays out while it gives up itself", {}, { rung: "leave" }, null],
    ["stays out when it was taken out by hand", { held: true }, { othersWithAudio: 0 }, null],
  ],
  reprovisioning: [
    ["goes on trial when the new node has registered", { registeredAt: NOW }, WELL, "trial", /new node/],
    ["waits for it, though the old one is heard", { registeredAt: NOW - 1e6, stateSince: NOW - 1000 }, WELL, null],
    ["takes the old one when none came", { stateSince: NOW - 180_001, registeredAt: 0 }, WELL, "trial"],
    ["has failed a try when nobody came", { stateSince: NOW - 180_001 }, { silentMs: 1e6 }, "evicted", /try 1 of 3/],
    ["has failed for good after three", { stateSince: NOW - 180_001, tries: 2 }, { silentMs: 1e6 }, "failed"],
    ["waits for the steps that are open", { registeredAt: NOW, stepsOpen: true }, WELL, null],
    ["waits its time even when it is new", { registeredAt: NOW, evictions: 3, evictedAt: NOW - 1 }, WELL, null],
  ],
  failed: [
    ["stays, whatever it says", {}, { provenSegments: 5 }, null],
    ["is called back when nobody else has audio", {}, { othersWithAudio: 0 }, "trial"],
    ["is not called back while control may not judge", {}, { othersWithAudio: 0, judging: false }, null],
    ["is not called back while it is not heard", {}, { othersWithAudio: 0, silentMs: 5000 }, null],
  ],
  draining: [
    ["goes on serving until no playlist names its segments", { stateSince: NOW - 89_999 }, WELL, null],
    ["is out after that", { stateSince: NOW - 90_000 }, WELL, "evicted", /drained/],
    ["stays while nobody else has audio", { stateSince: NOW - 1e9 }, { othersWithAudio: 0 }, null],
  ],
};

describe.each(Object.entries(CASES))("an origin that is %s", (state, cases) => {
  it.each(cases)("%s", (_title, past, facts, to, reason = /./) => {
    const origin = makeOrigin("origin-1", {
      state: state as OriginState,
      stateSince: NOW - 10_000,
      registeredAt: NOW - 20_000,
      ...past,
    });
    const transition = decide(origin, makeFacts(facts), policy, NOW);
    expect(transition?.to ?? null).toBe(to);
    if (transition) expect(transition.reason).toMatch(reason);
  });
});

describe("the machine, whatever has happened,", () => {
  const serving = new Set(statesThat(({ serves }) => serves));

  it("never takes an origin from its work when nobody else has audio, nor while control may not judge", () => {
    fc.assert(
      fc.property(anyOriginEver, anyFacts, (origin, facts) => {
        const transition = decide(origin, facts, policy, NOW);
        if (!transition || !serving.has(origin.state) || serving.has(transition.to)) return;
        expect([facts.othersWithAudio > 0, facts.judging]).toEqual([true, true]);
      }),
    );
  });

  it("admits nobody but by proof or after suspicion", () => {
    fc.assert(
      fc.property(anyOriginEver, anyFacts, (origin, facts) => {
        if (decide(origin, facts, policy, NOW)?.to !== "active") return;
        expect(origin.state === "suspect" || (facts.provenSegments ?? 0) >= policy.proofSegments).toBe(true);
      }),
    );
  });

  it("leaves those alone that were taken out by hand, and moves nobody to where it is", () => {
    fc.assert(
      fc.property(anyOriginEver, anyFacts, (origin, facts) => {
        const transition = decide(origin, facts, policy, NOW);
        if (origin.held && origin.state === "evicted") expect(transition).toBeNull();
        expect(transition?.to).not.toBe(origin.state);
      }),
    );
  });

  it("is calm: no origin that nothing speaks against leaves its work, but by draining or a trial in vain", () => {
    fc.assert(
      fc.property(anyOriginEver, (origin) => {
        const transition = decide(origin, makeFacts(), policy, NOW);
        if (origin.state === "active") expect(transition).toBeNull();
        if (origin.state === "suspect") expect([undefined, "active"]).toContain(transition?.to);
      }),
    );
  });
});

describe("the wait for the next trial", () => {
  it("doubles with each eviction, up to its bound", () => {
    const waits = [0, 1, 2, 3, 4, 5, 60].map((evictions) => trialWaitMs({ evictions }, policy));
    expect(waits).toEqual([10_000, 10_000, 60_000, 120_000, 240_000, 480_000, 6 * 3_600_000]);
  });
});

describe("a node that flaps every minute for a day", () => {
  it("is readmitted at most five times", () => {
    let origin = makeOrigin("origin-1", { state: "active", stateSince: 0, activeSince: 0 });
    let readmissions = 0;
    for (let now = NOW; now < NOW + 86_400_000; now += 1000) {
      const isUp = Math.floor((now - NOW) / 60_000) % 2 === 0;
      const facts = isUp ? makeFacts({ provenSegments: 5 }) : makeFacts(GONE);
      const transition = decide(origin, facts, policy, now);
      if (!transition) continue;
      if (transition.to === "active" && origin.state === "trial") readmissions += 1;
      origin = { ...origin, ...changesOf(origin, transition, policy, now) };
    }
    expect(readmissions).toBeGreaterThan(0);
    expect(readmissions).toBeLessThanOrEqual(5);
  });
});
