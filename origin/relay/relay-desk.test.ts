import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlannedRelay } from "../../contracts/plan.ts";
import { MOST_RELAYS_ON_TRIAL } from "../../contracts/relay.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import type { Incident } from "../programme/incident-gate.ts";
import { createAddressGuard } from "./address.ts";
import { RelayDesk } from "./relay-desk.ts";
import { BINARIES, startTestRadio, type TestRadio } from "./test-radio.ts";

const WITHIN = { timeout: 10_000, interval: 10 };
const TICK_MS = 20;
const nobodyHears = { isHeard: () => false };

let radio: TestRadio;
let desk: RelayDesk;
let relays: PlannedRelay[];
let incidents: Incident[];
let timer: NodeJS.Timeout;

beforeEach(async () => {
  radio = await startTestRadio();
  relays = [];
  incidents = [];
  desk = new RelayDesk({
    planned: () => ({ plan: { relays, slots: [] }, rundown: { at: () => [] } }),
    ffmpeg: BINARIES.ffmpeg,
    guard: createAddressGuard(true),
    silenceSeconds: () => 1,
    onIncident: (incident) => incidents.push(incident),
    clock: systemClock,
    log: createLog({ level: "error" }),
  });
  timer = setInterval(() => {
    desk.tick(0, TICK_MS, nobodyHears);
    for (const source of desk.sources) source.pass();
  }, TICK_MS);
});
afterEach(async () => {
  clearInterval(timer);
  await desk.close();
  await radio.stop();
});

const relay = (parts: Partial<PlannedRelay> = {}): PlannedRelay => ({
  ...{ id: crypto.randomUUID(), name: "Radio Ada", url: radio.url, isOnAir: true, isTrial: false },
  ...parts,
});
const ready = () => vi.waitFor(() => expect(desk.candidates(0)[0]?.ready).toBe(true), WITHIN);
const told = (count: number) => vi.waitFor(() => expect(incidents).toHaveLength(count), WITHIN);

describe("the relay desk", () => {
  it("connects what the plan wants, and lets go of it when the plan does not any more", async () => {
    relays = [relay()];
    await ready();
    expect(radio.listeners()).toBe(1);
    relays = [];
    await vi.waitFor(() => expect(radio.listeners()).toBe(0), WITHIN);
    expect([desk.sources, desk.reports(), incidents]).toEqual([[], [], []]);
  });

  it("connects anew when the address is another", async () => {
    const other = await startTestRadio(880);
    relays = [relay()];
    await ready();
    relays = [relay({ id: relays[0]?.id ?? "", url: other.url })];
    await vi.waitFor(() => expect([radio.listeners(), other.listeners()]).toEqual([0, 1]), WITHIN);
    await other.stop();
  });

  it("tells when a relay on air is silent, and when it is heard again", async () => {
    relays = [relay()];
    await ready();
    radio.isSilent = true;
    await told(1);
    radio.isSilent = false;
    await told(2);
    expect(incidents).toEqual([
      { kind: "source-silent", message: "Radio Ada: connected, and silent for 1 s or more" },
      { kind: "source-heard", message: "Radio Ada: heard again" },
    ]);
  });

  it("tells when a relay is lost, but not of one on trial", async () => {
    relays = [relay(), relay({ name: "Trial", isOnAir: false, isTrial: true })];
    await ready();
    await vi.waitFor(
      () => expect(desk.reports().map(({ state }) => state)).toEqual(["connected", "connected"]),
      WITHIN,
    );
    await radio.stop();
    await vi.waitFor(() => expect(desk.reports().map(({ state }) => state)).toEqual(["failed", "failed"]), WITHIN);
    expect(incidents).toEqual([{ kind: "relay-lost", message: expect.stringMatching(/^Radio Ada: /) }]);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data/",
    "rtmp://169.254.169.254/live/one",
    "mmsh://169.254.169.254/one",
  ])("refuses %s, also on trial, and tells so", async (url) => {
    relays = [relay({ url }), relay({ name: "Trial", isTrial: true, url })];
    await told(2);
    expect(incidents.map(({ kind, message }) => [kind, message.replace(/:.*/, "")]).toSorted()).toEqual([
      ["relay-refused", "Radio Ada"],
      ["relay-refused", "Trial"],
    ]);
    expect(desk.reports().map(({ state }) => state)).toEqual(["refused", "refused"]);
  });

  it("measures no more than a small node can bear, and puts on air what is to be there all the same", async () => {
    relays = Array.from({ length: 40 }, () => relay({ isTrial: true, url: "http://127.0.0.1:1/" }));
    await vi.waitFor(() => expect(desk.reports()).toHaveLength(MOST_RELAYS_ON_TRIAL), WITHIN);
    relays.push(relay());
    await ready();
  });
});
