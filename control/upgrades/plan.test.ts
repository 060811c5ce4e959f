import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OriginState } from "../../contracts/fleet.ts";
import { UPGRADE_PHASES, UPGRADE_STATES } from "../db/upgrades.ts";
import { DEFAULT_HEALTH_POLICY as policy } from "../health/health-policy.ts";
import { POWERS } from "../health/states.ts";
import { makeOrigin } from "../registry/test-registry.ts";
import { type Action, planUpgrade } from "./plan.ts";
import { UPGRADE } from "./policy.ts";
import { type FleetNow, IN_HAND, type Node, type OpenUpgrade, type Step } from "./upgrade.ts";

const NOW = 1_800_000_000_000;

const node = (id: string, parts: Partial<Node> = {}): Node => ({
  ...makeOrigin(id, { version: "1.0.0", stateSince: NOW - 3_600_000, activeSince: NOW - 3_600_000 }),
  isHeard: true,
  studios: 0,
  othersWithAudio: 2,
  ...parts,
});
const step = (origin: string, parts: Partial<Step> = {}): Step => ({
  origin,
  position: Number(origin.at(-1)),
  phase: "waiting",
  phaseSince: NOW - 5000,
  fromVersion: "1.0.0",
  fromImage: null,
  toVersion: "2.0.0",
  toImage: null,
  replacedAt: null,
  dueAt: 0,
  reason: null,
  ...parts,
});
const upgrade = (steps: Step[], parts: Partial<OpenUpgrade> = {}): OpenUpgrade => ({
  id: "u",
  state: "running",
  stateSince: NOW - 60_000,
  settleMs: 30_000,
  rollbackOf: null,
  steps,
  ...parts,
});
const fleet = (...nodes: Node[]): FleetNow => ({ now: NOW, judging: true, nodes });
const PEERS = [node("origin-2"), node("origin-3")];

/** What happens to origin-1, the only one that is to be upgraded. */
function planOne(ofStep: Partial<Step>, ofNode: Partial<Node> | null, ofUpgrade: Partial<OpenUpgrade> = {}): Action {
  const present = ofNode === null ? PEERS : [node("origin-1", ofNode), ...PEERS];
  return planUpgrade(upgrade([step("origin-1", ofStep)], ofUpgrade), fleet(...present), policy);
}
const enters = (phase: string) => expect.objectContaining({ do: "enter", origin: "origin-1", phase });
const halts = (words: string) => ({ do: "halt", origin: "origin-1", reason: expect.stringContaining(words) });
const waits = expect.objectContaining({ do: "wait" });

type Row = [string, Partial<Step>, Partial<Node> | null, unknown];

const BEFORE: Row[] = [
  ["is at work: its turn comes", {}, {}, enters("draining")],
  ["runs what it is to run", {}, { version: "2.0.0" }, enters("skipped")],
  ["runs the release, but not of that image", { toImage: "r:2" }, { version: "2.0.0" }, enters("draining")],
  ["is there no more", {}, null, enters("skipped")],
  ["was taken out by hand", {}, { state: "evicted", held: true }, enters("skipped")],
  [
    "was taken out by this upgrade, which goes on",
    { replacedAt: 1 },
    { state: "evicted", held: true },
    enters("draining"),
  ],
  ["has failed: it is missed by nobody", {}, { state: "failed", othersWithAudio: 0 }, enters("draining")],
  ["is out and not heard: no upgrade brings it back", {}, { state: "evicted", isHeard: false }, enters("skipped")],
  ["is suspect", {}, { state: "suspect" }, waits],
  ["is the last with audio", {}, { othersWithAudio: 0 }, waits],
];
const DRAINING: Row[] = [
  ["is at work still", {}, {}, { do: "drain", origin: "origin-1" }],
  ["is on trial", {}, { state: "trial" }, { do: "drain", origin: "origin-1" }],
  ["stays at work whatever is done", { phaseSince: NOW - 200_000 }, {}, halts("could not be taken out")],
  ["drains", {}, { state: "draining", stateSince: NOW - 1000 }, waits],
  ["drains on and on", {}, { state: "draining", stateSince: NOW - 151_000 }, halts("nobody else has audio")],
  ["is out, but routed", {}, { state: "evicted", stateSince: NOW, stepsOpen: true }, waits],
  ["is out", {}, { state: "evicted", stateSince: NOW }, { do: "replace", origin: "origin-1" }],
  ["is asked for again later", { dueAt: NOW + 1 }, { state: "evicted", stateSince: NOW }, waits],
  [
    "cannot be made",
    { phaseSince: NOW - 121_000, reason: "no" },
    { state: "evicted", stateSince: NOW - 121_000 },
    halts("no"),
  ],
  ["is there no more", {}, null, enters("skipped")],
];
const ASKED = { replacedAt: NOW - 20_000 };
const BACK = { registeredAt: NOW - 10_000, version: "2.0.0" };
const REPLACING: Row[] = [
  ["has not registered yet", ASKED, { state: "evicted" }, waits],
  ["is not heard yet", ASKED, { state: "evicted", ...BACK, isHeard: false }, waits],
  ["never comes", { replacedAt: NOW - 181_000 }, { state: "evicted" }, halts("no new process was heard within 180 s")],
  ["is to be started by hand", { replacedAt: NOW - 181_000, dueAt: NOW + 1 }, { state: "evicted" }, waits],
  ["is back", ASKED, { state: "evicted", ...BACK }, { do: "readmit", origin: "origin-1" }],
  ["is back as what it was", ASKED, { state: "evicted", ...BACK, version: "1.0.0" }, halts("as 1.0.0, not as 2.0.0")],
  [
    "is back, as anything",
    { ...ASKED, toVersion: null },
    { state: "evicted", ...BACK, version: "9" },
    { do: "readmit", origin: "origin-1" },
  ],
  ["is on trial", ASKED, { state: "trial", ...BACK }, enters("proving")],
];
const PROVING: Row[] = [
  ["is on trial", ASKED, { state: "trial", ...BACK }, waits],
  ["is at work, but not for long", ASKED, { ...BACK, activeSince: NOW - 29_000 }, waits],
  ["is at work for long enough", ASKED, { ...BACK, activeSince: NOW - 30_000 }, enters("done")],
  ["is suspect", ASKED, { state: "suspect", ...BACK }, waits],
  [
    "is suspect for ever",
    { ...ASKED, phaseSince: NOW - 151_000 },
    { state: "suspect", ...BACK },
    halts("suspect after"),
  ],
  ["was evicted again", ASKED, { state: "evicted", ...BACK }, halts("did not prove itself")],
  ["has failed", ASKED, { state: "failed", ...BACK }, halts("did not prove itself")],
];

describe("a node whose turn is to come", () => {
  it.each(BEFORE)("that %s", (_what, ofStep, ofNode, expected) => {
    expect(planOne(ofStep, ofNode)).toEqual(expected);
  });

  it.each<[string, Node[], boolean]>([
    ["while all others are at work", PEERS, true],
    ["not while another is on trial", [node("origin-2"), node("origin-3", { state: "trial" })], false],
    ["not while another was evicted", [node("origin-2"), node("origin-3", { state: "evicted" })], false],
    [
      "while another was lost long ago",
      [node("origin-2"), node("origin-3", { state: "evicted", isHeard: false })],
      true,
    ],
    ["while another is out by hand", [node("origin-2"), node("origin-3", { state: "evicted", held: true })], true],
    ["not when nobody else could be studio", [node("origin-2", { roles: ["slicer"] })], false],
    ["not when who could be studio is silent", [node("origin-2", { isHeard: false })], false],
  ])("is taken out %s", (_when, others, isTaken) => {
    const action = planUpgrade(upgrade([step("origin-1")]), fleet(node("origin-1"), ...others), policy);
    expect(action.do).toBe(isTaken ? "enter" : "wait");
  });

  it("is not taken out while control cannot judge, and nothing waits for ever", () => {
    const blind = { ...fleet(node("origin-1"), ...PEERS), judging: false };
    expect(planUpgrade(upgrade([step("origin-1")]), blind, policy)).toEqual(waits);
    const later = { ...blind, now: NOW + UPGRADE.waitMs };
    const reason = expect.stringContaining("control has not listened");
    expect(planUpgrade(upgrade([step("origin-1")]), later, policy)).toEqual({ do: "halt", origin: null, reason });
  });

  it("comes after those that make no programme", () => {
    const steps = ["origin-1", "origin-2"].map((id) => step(id));
    const action = planUpgrade(upgrade(steps), fleet(node("origin-1", { studios: 1 }), ...PEERS), policy);
    expect(action).toMatchObject({ do: "enter", origin: "origin-2" });
  });
});

const during = (phase: Step["phase"], rows: Row[]) =>
  it.each(rows)("that %s", (_what, ofStep, ofNode, expected) => {
    expect(planOne({ phase, ...ofStep }, ofNode)).toEqual(expected);
  });

describe("a node that is being drained", () => during("draining", DRAINING));
describe("a node that is being replaced", () => during("replacing", REPLACING));
describe("a node that is being proven", () => during("proving", PROVING));

describe("an upgrade", () => {
  it("is done when nobody waits", () => {
    const steps = [step("origin-1", { phase: "done" }), step("origin-2", { phase: "skipped" })];
    expect(planUpgrade(upgrade(steps), fleet(...PEERS), policy)).toEqual({ do: "finish" });
  });

  it.each(["paused", "halted"] as const)("that is %s ends what it has in hand, and begins with nobody", (state) => {
    expect(planOne({}, {}, { state })).toEqual(waits);
    expect(planOne({ phase: "draining" }, { state: "evicted", stateSince: NOW }, { state })).toMatchObject({
      do: "replace",
    });
  });

  it("never has two in hand, and never takes out the last with audio or anybody while another is unsettled", () => {
    const anyNode = (id: string) =>
      fc
        .record({
          state: fc.constantFrom(...OriginState.options),
          held: fc.boolean(),
          isHeard: fc.boolean(),
          stepsOpen: fc.boolean(),
          othersWithAudio: fc.nat(2),
          studios: fc.nat(2),
          version: fc.constantFrom("1.0.0", "2.0.0"),
          registeredAt: fc.constantFrom(NOW - 100_000, NOW - 1000),
        })
        .map((parts) => node(id, parts));
    const anyStep = (id: string) =>
      fc
        .record({
          phase: fc.constantFrom(...UPGRADE_PHASES),
          phaseSince: fc.constantFrom(NOW - 500_000, NOW - 1000),
          replacedAt: fc.constantFrom(null, NOW - 50_000),
        })
        .map((parts) => step(id, parts));
    const ids = ["origin-1", "origin-2", "origin-3"];
    const anyCase = fc.record({
      nodes: fc.tuple(...ids.map(anyNode)),
      steps: fc.tuple(...ids.map(anyStep)),
      state: fc.constantFrom(...UPGRADE_STATES.slice(0, 3)),
    });
    fc.assert(
      fc.property(anyCase, ({ nodes, steps, state }) => {
        const action = planUpgrade(upgrade(steps, { state }), fleet(...nodes), policy);
        if (action.do !== "enter" || action.phase !== "draining") return;
        expect(steps.some(({ phase }) => IN_HAND.has(phase))).toBe(false);
        expect(state).toBe("running");
        const own = nodes.find(({ id }) => id === action.origin) as Node;
        const unsettled = nodes.filter(({ id, state }) => id !== own.id && (state === "trial" || state === "suspect"));
        expect(unsettled).toEqual([]);
        if (POWERS[own.state].serves) expect(own.othersWithAudio).toBeGreaterThan(0);
      }),
    );
  });
});
