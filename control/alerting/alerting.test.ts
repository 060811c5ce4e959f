import { env } from "cloudflare:workers";
import { asc, eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { alertMessages, alerts, incidents } from "../db/schema.ts";
import { makeOrigin, makeRegistry, makeStation } from "../registry/test-registry.ts";
import { ALERTING } from "./policy.ts";
import { pruneAlerts } from "./prune.ts";
import { allGone, allWell, makeContact, makeView, makeWorld } from "./test-alerting.ts";

const ann = makeContact({ name: "Ann", position: 0, phone: "+491700000001" });
const ben = makeContact({ name: "Ben", position: 1, phone: "+491700000002" });

const reason = ({ subject }: { subject: string }) => subject.match(/^\[([^\]]+)\]/)?.[1];

describe("alerting", () => {
  it("tells of a fault once while it lasts, and of its end to whom it told its beginning", async () => {
    const world = await makeWorld([ann, ben], ["sms", "webhook"]);
    for (let look = 0; look < 10; look += 1) await world.sweep(allGone);
    expect(world.lines.join()).not.toContain("error");
    expect(world.sent.map(({ channel, address }) => [channel, address]).toSorted()).toEqual([
      ["sms", ann.phone],
      ["webhook", ""],
    ]);
    await world.sweep(allWell);
    expect(world.sent, world.lines.join("\n")).toHaveLength(2);
    await world.sweep(allWell, ALERTING.clearMs);
    expect(
      world.sent
        .slice(2)
        .map((message) => [message.channel, reason(message)])
        .toSorted(),
    ).toEqual([
      ["sms", "resolved"],
      ["webhook", "resolved"],
    ]);
    expect(await world.stored()).toMatchObject([{ kind: "fleet-silent", resolvedAt: world.now() }]);
    const told = await world.db.select().from(incidents).orderBy(asc(incidents.at));
    expect(told.map(({ kind, actor }) => [kind, actor])).toEqual([
      ["alert-raised", "control"],
      ["alert-resolved", "control"],
    ]);
  });

  it("calls the next contact when nobody acknowledges, and nobody more than once", async () => {
    const world = await makeWorld([ann, ben], ["sms"]);
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    await world.sweep(allGone, 900_000);
    await world.sweep(allGone, 900_000);
    await world.sweep(allGone, 900_000);
    expect(world.sent.map((message) => [message.address, reason(message)])).toEqual([
      [ann.phone, "critical"],
      [ben.phone, "critical, not acknowledged"],
    ]);
  });

  it("keeps an alert over a restart: it is neither told again nor over at once", async () => {
    const world = await makeWorld([ann], ["sms"]);
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    world.restart();
    await world.sweep(makeView({ alive: new Set(), judging: false }));
    await world.sweep(allWell);
    expect(await world.stored()).toMatchObject([{ resolvedAt: null }]);
    await world.sweep(allGone);
    expect([world.sent.length, (await world.stored()).length]).toEqual([1, 1]);
  });

  it("repeats what fails ever more slowly, with the same delivery, and parks it after the last try", async () => {
    const world = await makeWorld([ann], ["sms"]);
    world.answers.sms = async () => ({ ok: false, retry: true, reason: "answered 503" });
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    const times = [world.now()];
    for (let look = 0; look < 1000 && world.sent.length < ALERTING.attempts; look += 1) {
      const before = world.sent.length;
      await world.sweep(allGone);
      if (world.sent.length > before) times.push(world.now());
    }
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((one, other) => one - other));
    expect([pauses[0], pauses.at(-1)]).toEqual([6000, 320_000]);
    expect(new Set(world.sent.map(({ id }) => id)).size).toBe(1);
    await world.sweep(allGone, 3_600_000);
    expect(world.sent).toHaveLength(ALERTING.attempts);
    const [first] = await world.db.select().from(alertMessages);
    expect(first).toMatchObject({ state: "parked", attempts: ALERTING.attempts, error: "answered 503" });
  });

  it("does not repeat what cannot succeed, calls the next contact at once, and says by other channels that one fails", async () => {
    const eve = makeContact({ name: "Eve", position: 2, phone: null, email: "eve@example.org" });
    const world = await makeWorld([ann, eve], ["sms", "email"]);
    world.answers.sms = async () => ({ ok: false, retry: false, reason: "answered 401, error 20003" });
    for (let look = 0; look < 6; look += 1) await world.sweep(allGone);
    const [first, ...later] = world.sent.map(({ channel, subject }) => `${channel}: ${subject}`);
    expect(first).toBe("sms: [critical] the fleet: No origin serves any station");
    expect(later.toSorted()).toEqual([
      "email: [critical, not acknowledged] the fleet: No origin serves any station",
      "email: [critical] the fleet: The last message by sms was given up: answered 401, error 20003",
    ]);
  });

  it("summarises a flood", async () => {
    const origins = Array.from({ length: 19 }, (_, index) => makeOrigin(`origin-${index + 3}`, { state: "failed" }));
    const healthy = [makeOrigin("origin-1"), makeOrigin("origin-2")];
    const registry = makeRegistry([makeStation("demo", { studio: "origin-1" })], [...healthy, ...origins]);
    const world = await makeWorld([ann], ["sms"]);
    await world.sweep(makeView({ registry }));
    expect(world.sent.map(({ subject }) => subject)).toEqual(["[summary] 19 alerts, 0 resolved"]);
    expect(await world.stored()).toHaveLength(19);
  });

  it("tells nobody of the end of what nobody was told of", async () => {
    const world = await makeWorld([], ["sms"]);
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    await world.sweep(allWell);
    await world.sweep(allWell, ALERTING.clearMs);
    expect(world.sent).toEqual([]);
    expect(await world.stored()).toMatchObject([{ resolvedAt: world.now() }]);
  });

  it("hears of faults from incidents, each read once, old ones not at all", async () => {
    const world = await makeWorld([makeContact({ phone: null, email: "ann@example.org" })], ["email"]);
    const report = (kind: string, at: number) =>
      world.db.insert(incidents).values({
        id: crypto.randomUUID(),
        at,
        kind,
        station: "demo",
        origin: "origin-1",
        actor: "o",
        message: "15 s",
      });
    await report("source-silent", world.now() - 86_400_000);
    await world.sweep(allWell);
    expect(world.sent).toEqual([]);
    await report("source-silent", world.now());
    await world.sweep(allWell);
    await world.sweep(allWell);
    await report("source-heard", world.now());
    await world.sweep(allWell);
    await world.sweep(allWell);
    expect(world.sent.map(({ subject }) => subject)).toEqual([
      "[warning] station demo: 15 s",
      "[resolved] station demo: 15 s",
    ]);
  });

  it("is not held up by a far side that hangs, and sends nothing twice meanwhile", async () => {
    const world = await makeWorld([ann], ["sms"]);
    let answer = () => {};
    world.answers.sms = () =>
      new Promise((resolve) => {
        answer = () => resolve({ ok: true });
      });
    const alerting = world.restart();
    for (let look = 0; look < 10; look += 1) {
      world.advance(2000);
      await alerting.sweep(allGone);
    }
    await expect.poll(() => world.sent.length).toBe(1);
    answer();
    await alerting.delivered();
    expect(await world.db.select().from(alertMessages)).toMatchObject([{ state: "sent", attempts: 1 }]);
  });

  it("leaves no trace of a decision that somebody else has made meanwhile", async () => {
    const world = await makeWorld([ann], ["sms"]);
    for (let look = 0; look < 2; look += 1) await world.sweep(allGone);
    const other = world.restart();
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    world.advance(2000);
    await Promise.allSettled([other.sweep(allGone), world.restart().sweep(allGone)]);
    expect(await world.stored()).toHaveLength(1);
    expect(await world.db.select().from(alertMessages)).toHaveLength(1);
  });

  it("tells of D1's absence without it, and goes on with the outbox when it is back", async () => {
    const world = await makeWorld([ann], ["sms"]);
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    const broken = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1 is down"));
    for (let look = 0; look < 60; look += 1) await expect(world.sweep(allGone)).rejects.toThrow("D1 is down");
    broken.mockRestore();
    await world.sweep(allGone);
    expect(world.sent.map(({ subject }) => subject)).toEqual([
      "[critical] the fleet: No origin serves any station",
      "[critical] the fleet: D1 does not answer: no alert can be kept or repeated",
      "[resolved] the fleet: D1 does not answer: no alert can be kept or repeated",
    ]);
  });

  it("forgets what was resolved longer ago than the policy keeps, and nothing that is open", async () => {
    const world = await makeWorld([ann], ["sms"]);
    for (let look = 0; look < 4; look += 1) await world.sweep(allGone);
    const later = { now: () => world.now() + ALERTING.keptMs + 1, monotonic: () => 0 };
    await pruneAlerts({ db: world.db, clock: later });
    expect(await world.stored()).toHaveLength(1);
    await world.db.update(alerts).set({ resolvedAt: world.now() }).where(eq(alerts.kind, "fleet-silent"));
    await pruneAlerts({ db: world.db, clock: later });
    expect([await world.stored(), await world.db.select().from(alertMessages)]).toEqual([[], []]);
  });
});
