import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CHANNELS, SAMPLES_PER_FRAME } from "../../contracts/timeline.ts";
import { createLog } from "../../kit/log.ts";
import { createAddressGuard } from "./address.ts";
import { RelayRecord } from "./relay-record.ts";
import { type RelayOptions, RelaySource } from "./relay-source.ts";
import { BINARIES, startTestRadio, type TestRadio } from "./test-radio.ts";

const ID = "5f3f7f0e-8a55-4f0c-9a39-0d8f3a1b2c3d";
const FRAME_MS = 64 / 3;
const WITHIN = { timeout: 10_000, interval: 10 };

let radio: TestRadio;
let source: RelaySource;
let record: RelayRecord;
let ended: string[];
let log: string[];
let timer: NodeJS.Timeout | undefined;
/** Whether the test plays the programme that has it on air. */
let isOnAir = false;
const out = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);

beforeEach(async () => {
  radio = await startTestRadio();
  ended = [];
  log = [];
  isOnAir = false;
  record = new RelayRecord(ID);
});
afterEach(async () => {
  clearInterval(timer);
  await source.close();
  await radio.stop();
});

function start(options: Partial<RelayOptions> = {}, url = radio.url): void {
  source = new RelaySource(
    { id: ID, name: "Radio Ada", url, isOnAir: true, isTrial: false },
    {
      ffmpeg: BINARIES.ffmpeg,
      guard: createAddressGuard(true),
      record,
      silenceSeconds: () => 15,
      onEnd: (how, reason) => ended.push(`${how}: ${reason}`),
      log: createLog({ write: (line) => log.push(line) }),
      ...options,
    },
  );
  let last = performance.now();
  timer = setInterval(() => {
    const elapsed = performance.now() - last;
    const frames = Math.floor(elapsed / FRAME_MS);
    last += frames * FRAME_MS;
    source.tick(frames * FRAME_MS);
    for (let frame = 0; frame < frames; frame++) {
      if (isOnAir) source.read(out);
      else source.pass();
    }
  }, 20);
}

const ready = () => vi.waitFor(() => expect(source.ready).toBe(true), WITHIN);
const starving = () => vi.waitFor(() => expect(source.starving).toBe(true), WITHIN);

describe("a relay", () => {
  it("is ready within seconds, says what is on, and is known by its codec and bitrate", async () => {
    const startedAt = performance.now();
    start();
    expect(source.ready).toBe(false);
    await ready();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    isOnAir = true;
    await vi.waitFor(() => expect(Math.max(...out)).toBeGreaterThan(1000), WITHIN);
    await vi.waitFor(() => expect(source.heard).toEqual({ artist: "Ada", title: "One" }), WITHIN);
    const first = source.heard;
    radio.title = "Grace - Two";
    await vi.waitFor(() => expect(source.heard).toEqual({ artist: "Grace", title: "Two" }), WITHIN);
    expect(source.heard).not.toBe(first);
    expect(record.report()).toMatchObject({
      ...{ id: ID, state: "connected", detail: null, codec: "mp3", bitrate: 128_000, title: "Grace - Two" },
      silence: 0,
    });
  });

  it("that is killed starves while its last sound is played, and is ready again when it is back", async () => {
    start();
    await ready();
    isOnAir = true;
    const { port } = new URL(radio.url);
    await radio.stop();
    const killedAt = performance.now();
    await starving();
    expect(performance.now() - killedAt).toBeLessThan(2000);
    expect(ended).toEqual([expect.stringMatching(/^lost: /)]);
    isOnAir = false;
    await vi.waitFor(() => expect(record.report().detail).toMatch(/ECONNREFUSED/), WITHIN);
    expect(record.report().state).toBe("failed");
    radio = await startTestRadio(660, Number(port));
    await ready();
    expect(record.report().state).toBe("connected");
  });

  it("that is back while its rest is still played goes on only when it is off air: it is at another place", async () => {
    start({ random: () => 0 });
    await ready();
    isOnAir = true;
    const { port } = new URL(radio.url);
    await radio.stop();
    radio = await startTestRadio(660, Number(port));
    await vi.waitFor(() => expect(radio.listeners()).toBe(1), WITHIN);
    await vi.waitFor(() => expect(record.report().state).toBe("connected"), WITHIN);
    await vi.waitFor(() => expect(Math.max(...out)).toBe(0), WITHIN);
    expect(source.starving).toBe(true);
    isOnAir = false;
    await ready();
  });

  it("that freezes starves within 2 s, and is given up and connected to anew", async () => {
    start();
    await ready();
    isOnAir = true;
    radio.isFrozen = true;
    const frozenAt = performance.now();
    await starving();
    expect(performance.now() - frozenAt).toBeLessThan(2000);
    isOnAir = false;
    await vi.waitFor(() => expect(ended).toEqual(["lost: its sound stopped arriving"]), WITHIN);
    radio.isFrozen = false;
    await ready();
  });

  it("that is silent for too long is not fit, and is fit again once it was heard", async () => {
    start({ silenceSeconds: () => 1 });
    await ready();
    radio.isSilent = true;
    await vi.waitFor(() => expect([source.ready, source.isOver]).toEqual([false, true]), WITHIN);
    await vi.waitFor(() => expect(record.report().state).toBe("silent"), WITHIN);
    radio.isSilent = false;
    await ready();
    expect(source.isOver).toBe(false);
  });

  it("whose address may not be connected to is refused, and is not tried again at once", async () => {
    start({ guard: createAddressGuard(false) });
    await vi.waitFor(() => expect(ended).toHaveLength(1), WITHIN);
    expect(ended).toEqual(["refused: 127.0.0.1: 127.0.0.1 is no public address (loopback)"]);
    await vi.waitFor(
      () => expect(record.report()).toMatchObject({ state: "refused", uptime: 0, silence: null }),
      WITHIN,
    );
    expect(radio.listeners()).toBe(0);
  });

  it("never has its credentials in what is told or logged", async () => {
    await radio.stop();
    start({}, radio.url.replace("//", "//ann:secret@").concat("?token=secret"));
    await vi.waitFor(() => expect(record.report().state).toBe("failed"), WITHIN);
    expect(JSON.stringify([record.report(), ended, log])).not.toContain("secret");
  });

  it("lets go of its connection and its process when it is closed", async () => {
    start();
    await ready();
    await source.close();
    await vi.waitFor(() => expect(radio.listeners()).toBe(0), WITHIN);
  });
});
