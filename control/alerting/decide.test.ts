import { describe, expect, it } from "vitest";
import type { Incident } from "../health/incident.ts";
import { callList } from "./call-list.ts";
import { decide, type Situation } from "./decide.ts";
import type { Fault } from "./fault.ts";
import { ALERTING } from "./policy.ts";
import { makeAlert, makeContact, START } from "./test-alerting.ts";
import { toldFaults } from "./told-faults.ts";
import { type Watch, watchFaults } from "./watch.ts";

const ALL = new Set(["sms", "email", "webhook"] as const);
const silent: Fault = { kind: "station-silent", station: "demo", origin: null, what: "No origin makes segments" };
const failed: Fault = {
  kind: "origin-failed",
  station: null,
  origin: "origin-2",
  what: "It could not be brought back",
};

const situationOf = (parts: Partial<Situation> = {}): Situation => ({
  open: [],
  watch: new Map(),
  told: [],
  contacts: [],
  channels: ALL,
  escalateAfterMs: 900_000,
  ...parts,
});

/** The watch after looks at the fleet a second apart: at each, these faults were there. */
const watched = (...looks: Fault[][]): [Watch, number] =>
  looks.reduce<[Watch, number]>(
    ([watch], faults, index) => [watchFaults(watch, faults, START + index * 1000), START + index * 1000],
    [new Map(), START],
  );

const incidentOf = (kind: string, at: number, message = "said"): Incident => ({
  id: crypto.randomUUID(),
  at,
  kind,
  station: "demo",
  origin: "origin-1",
  actor: "origin origin-1",
  message,
});

describe("a standing fault", () => {
  it("is raised once it has lasted as long as its kind must, with the time it began", () => {
    const looks = Array.from({ length: 6 }, () => [silent]);
    const [early, earlyAt] = watched(...looks.slice(0, 5));
    expect(decide(situationOf({ watch: early }), earlyAt).raise).toEqual([]);
    const [watch, now] = watched(...looks);
    expect(decide(situationOf({ watch }), now).raise).toMatchObject([
      { key: "station-silent/demo/", fault: silent, since: START, endsAt: null },
    ]);
  });

  it("is one fault when it comes and goes, and is not raised while it is away", () => {
    const [watch, now] = watched([silent], [], [silent], [], [silent], [silent]);
    expect(decide(situationOf({ watch }), now).raise).toMatchObject([{ since: START }]);
    const [away, awayAt] = watched([silent], [silent], [silent], [silent], [silent], []);
    expect(decide(situationOf({ watch: away }), awayAt).raise).toEqual([]);
  });

  it("is not raised again while its alert is open, and is over only when it has stayed away for long enough", () => {
    const open = [makeAlert()];
    const lasting = watchFaults(new Map(), [silent], START);
    expect(decide(situationOf({ open, watch: lasting }), START + 5000)).toMatchObject({ raise: [], resolve: [] });
    const almost = watchFaults(lasting, [], START + ALERTING.clearMs - 1);
    expect(decide(situationOf({ open, watch: almost }), START + ALERTING.clearMs - 1).resolve).toEqual([]);
    const over = watchFaults(lasting, [], START + ALERTING.clearMs);
    expect(decide(situationOf({ open, watch: over }), START + ALERTING.clearMs).resolve).toEqual(open);
  });

  it("neither begins nor ends while nobody is judged", () => {
    expect(decide(situationOf({ open: [makeAlert()], watch: null }), START)).toMatchObject({ raise: [], resolve: [] });
  });

  it("is raised with others a bounded number at a time", () => {
    const many = Array.from({ length: 50 }, (_, index): Fault => ({ ...failed, origin: `origin-${index}` }));
    const watch = watchFaults(new Map(), many, START);
    expect(decide(situationOf({ watch }), START).raise).toHaveLength(ALERTING.raisedPerSweep);
  });
});

describe("a fault that an incident tells of", () => {
  const now = START + 1000;
  const told = (...incidents: Incident[]) => toldFaults(incidents, now);

  it("is raised in the incident's words, and ends by itself after a while", () => {
    const { raise } = decide(situationOf({ told: told(incidentOf("source-silent", START, "16 s of silence")) }), now);
    expect(raise).toMatchObject([
      { key: "source-silent/demo/", fault: { what: "16 s of silence" }, since: START, endsAt: now + 3_600_000 },
    ]);
    const alert = makeAlert({ key: "source-silent/demo/", kind: "source-silent", endsAt: now + 10 });
    expect(decide(situationOf({ open: [alert] }), now + 9).resolve).toEqual([]);
    expect(decide(situationOf({ open: [alert] }), now + 10).resolve).toEqual([alert]);
  });

  it("lasts longer when the incident comes again, and ends when its end is told", () => {
    const alert = makeAlert({ key: "source-silent/demo/", kind: "source-silent", endsAt: now + 10 });
    const again = decide(situationOf({ open: [alert], told: told(incidentOf("source-silent", now)) }), now);
    expect(again).toMatchObject({ raise: [], resolve: [], extend: [{ alert, endsAt: now + 3_600_000 }] });
    for (const kind of ["source-heard", "source-gone"]) {
      const ended = decide(situationOf({ open: [alert], told: told(incidentOf(kind, now)) }), now);
      expect(ended).toMatchObject({ raise: [], resolve: [alert], extend: [] });
    }
  });

  it("is what the last incident says", () => {
    expect(told(incidentOf("source-silent", START), incidentOf("source-heard", START))).toMatchObject([
      { fault: null },
    ]);
    expect(told(incidentOf("source-heard", START), incidentOf("source-silent", START))).toMatchObject([
      { fault: { kind: "source-silent" } },
    ]);
  });

  it("is of a station or of an origin, and of neither where it is one fault wherever it happens", () => {
    const ofNode = { ...incidentOf("eviction-step-failed", now, "recreate was given up"), station: null };
    const held = ["origin-1", "origin-2"].map((origin) => ({
      ...incidentOf("eviction-held", now),
      station: null,
      origin,
    }));
    expect(told(ofNode, ...held)).toMatchObject([
      { key: "eviction-unfinished//origin-1", fault: { what: "recreate was given up" } },
      { key: "eviction-held//", fault: { what: "origin-2: said" } },
    ]);
  });

  it("is over when a halted upgrade is resumed, cancelled or rolled back", () => {
    const ofUpgrade = (kind: string) => ({ ...incidentOf(kind, now), station: null, origin: null });
    const key = "upgrade-halted//";
    expect(told(ofUpgrade("upgrade-halted"))).toMatchObject([{ key, fault: { kind: "upgrade-halted" } }]);
    for (const kind of ["upgrade-resumed", "upgrade-cancelled", "upgrade-rolled-back"]) {
      expect(told(ofUpgrade("upgrade-halted"), ofUpgrade(kind))).toMatchObject([{ key, fault: null }]);
    }
  });

  it("is none when the incident is old, or of a kind that needs nobody", () => {
    expect(told(incidentOf("source-silent", now - ALERTING.incidentFreshMs - 1))).toEqual([]);
    expect(told(incidentOf("studio-changed", now), incidentOf("constructor", now))).toEqual([]);
  });
});

describe("who is told", () => {
  const ann = makeContact({ name: "Ann", position: 1, phone: "+491", email: "ann@example.org" });
  const ben = makeContact({ name: "Ben", position: 0, phone: null, email: "ben@example.org" });
  const own = makeContact({ name: "Own", station: "demo", position: 9, phone: "+499" });
  const foreign = makeContact({ name: "Foreign", station: "other", phone: "+498" });
  const people = [ann, foreign, ben, own];

  it("is the station's own contact first, then those for all by their position; never another station's", () => {
    expect(callList(people, "demo", "critical", ALL)).toEqual([
      [{ channel: "sms", address: "+499" }],
      [{ channel: "email", address: "ben@example.org" }],
      [
        { channel: "sms", address: "+491" },
        { channel: "email", address: "ann@example.org" },
      ],
    ]);
    expect(callList(people, null, "critical", ALL)).toHaveLength(2);
  });

  it("is nobody by SMS for a warning, and nobody by a channel that is not set up", () => {
    expect(callList(people, "demo", "warning", ALL).flat()).toEqual([
      { channel: "email", address: "ben@example.org" },
      { channel: "email", address: "ann@example.org" },
    ]);
    expect(
      callList(people, "demo", "critical", new Set(["sms"]))
        .flat()
        .map(({ address }) => address),
    ).toEqual(["+499", "+491"]);
  });

  it("is the first contact and the webhook when an alert is raised", () => {
    const watch = watchFaults(new Map(), [failed], START);
    expect(decide(situationOf({ watch, contacts: people }), START).raise[0]?.notices).toEqual([
      { channel: "webhook", address: "", reason: "raised" },
      { channel: "email", address: "ben@example.org", reason: "raised" },
    ]);
  });

  it("is the next contact when a critical alert was not acknowledged in time, and nobody after the last", () => {
    const alert = makeAlert({
      station: null,
      origin: "origin-2",
      key: "origin-failed//origin-2",
      kind: "origin-failed",
    });
    const watch = watchFaults(new Map(), [failed], START);
    const escalated = (parts: object, after: number) =>
      decide(situationOf({ watch, contacts: people, open: [{ ...alert, ...parts }] }), START + after).escalate;
    expect(escalated({}, 899_999)).toEqual([]);
    expect(escalated({}, 900_000)).toMatchObject([
      {
        notices: [
          { channel: "webhook" },
          { channel: "sms", address: "+491" },
          { channel: "email", reason: "escalated" },
        ],
      },
    ]);
    expect(escalated({ step: 1 }, 900_000)).toEqual([]);
    expect(escalated({ acknowledgedAt: START }, 900_000)).toEqual([]);
    expect(escalated({ severity: "warning" }, 900_000)).toEqual([]);
  });

  it("is told of a channel that fails by the others", () => {
    const fault: Fault = { kind: "alerts-undelivered", station: null, origin: null, part: "sms", what: "given up" };
    const watch = watchFaults(new Map(), [fault], START);
    const { raise } = decide(situationOf({ watch, contacts: [ann] }), START);
    expect(raise[0]?.notices.map(({ channel }) => channel)).toEqual(["webhook", "email"]);
  });
});
