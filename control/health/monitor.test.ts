import {
  createScheduledController,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import main from "../main.ts";
import { call, createStation, enrol, heartbeatOf, makeEnrolmentToken } from "../routes/test-client.ts";
import { coalesce } from "./coalesce.ts";
import { monitorOf } from "./monitor.ts";

const monitor = monitorOf(env);
const alarmAt = () => runInDurableObject(monitor, (_instance, state) => state.storage.getAlarm());
const disarm = () => runInDurableObject(monitor, (_instance, state) => state.storage.deleteAlarm());

describe("the monitor's alarm", () => {
  it("is set again each time it goes off, about a second ahead", async () => {
    await monitor.arm();
    expect(await runDurableObjectAlarm(monitor)).toBe(true);
    const ahead = ((await alarmAt()) ?? 0) - Date.now();
    expect(ahead).toBeGreaterThan(200);
    expect(ahead).toBeLessThanOrEqual(1000);
  });

  it("is set again by the cron, and by every call, should it ever have been lost", async () => {
    await disarm();
    await main.scheduled(createScheduledController({ cron: "* * * * *" }), env);
    expect(await alarmAt()).not.toBeNull();
    await disarm();
    await call("GET", "/healthz", undefined, null);
    expect(await alarmAt()).not.toBeNull();
  });

  it("sweeps by itself: control says that it is well", async () => {
    await vi.waitFor(
      async () => {
        const { status, body } = await call("GET", "/healthz", undefined, null);
        expect([status, body.status, typeof body.soundSweepAgoMs]).toEqual([200, "ok", "number"]);
      },
      { timeout: 8000, interval: 200 },
    );
  });
});

describe("the monitor after it was evicted", () => {
  it("answers heartbeats as before", async () => {
    await createStation("demo");
    const origin = await enrol("origin-1", await makeEnrolmentToken());
    await evictDurableObject(monitor);
    expect((await origin.beat()).body.desired.stations).toMatchObject([{ slug: "demo", roles: ["studio", "slicer"] }]);
  });
});

describe("the API while the monitor fails", () => {
  it("goes on reading and changing the registry, and puts off what needs the monitor", async () => {
    const stub = vi.spyOn(env.MONITOR, "getByName").mockImplementation(() => {
      throw new Error("no monitor");
    });
    expect((await createStation("meanwhile")).status).toBe(201);
    expect((await call("GET", "stations/meanwhile")).body).toMatchObject({ source: null, ingest: [] });
    expect((await call("GET", "origins")).body.items[0].heard).toBeNull();
    for (const [path, body] of [
      ["origins/origin-1/evict"],
      ["origins/origin-1/heartbeat", heartbeatOf(crypto.randomUUID())],
    ] as const) {
      expect(await call("POST", path, body)).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    }
    expect((await call("GET", "/healthz", undefined, null)).status).toBe(503);
    stub.mockRestore();
  });
});

describe("coalesced work", () => {
  it("runs one at a time, and whoever asks while it runs shares the run after it", async () => {
    let running = 0;
    let runs = 0;
    const work = coalesce(async () => {
      running += 1;
      runs += 1;
      expect(running).toBe(1);
      await Promise.resolve();
      running -= 1;
    });
    const first = work();
    await Promise.resolve();
    await Promise.all([first, work(), work(), work()]);
    expect(runs).toBe(2);
    await work();
    expect(runs).toBe(3);
  });

  it("goes on after a run that failed", async () => {
    let runs = 0;
    const work = coalesce(async () => {
      runs += 1;
      if (runs === 1) throw new Error("the first fails");
    });
    const [first, second] = await Promise.allSettled([work(), Promise.resolve().then(work)]);
    expect([first.status, second.status, runs]).toEqual(["rejected", "fulfilled", 2]);
  });
});
