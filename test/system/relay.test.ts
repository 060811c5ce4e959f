import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { segmentAt } from "../../contracts/timeline.ts";
import { startTestRadio, type TestRadio } from "../../origin/relay/test-radio.ts";
import { toneSpans } from "../harness/audio/tone.ts";
import { decodeSegments } from "../harness/recording.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { reportOf, studioOf } from "../harness/station.ts";
import { followStream, type StreamCheck } from "../harness/stream-check.ts";

const RELAY_HZ = 660;
const RELAYS = `/api/v1/stations/${STATION}/relays`;
/** The plan is looked at every few seconds. */
const SOON = { timeout: 20_000, interval: 100 };

const Relay = z.object({ id: z.uuid(), address: z.string(), report: z.object({ state: z.string() }).nullable() });
const Incidents = z.object({ items: z.array(z.object({ kind: z.string(), message: z.string() })) });

describe("a relay that is put on air by the API", () => {
  let stack: Stack;
  let radio: TestRadio;
  let check: StreamCheck;
  let relay: z.infer<typeof Relay>;
  const source = async () => (await reportOf(await studioOf(stack)))?.source;
  const nextSegment = () => check.reached(segmentAt(Date.now(), 150) + 1);

  beforeAll(async () => {
    radio = await startTestRadio(RELAY_HZ);
    stack = await startStack({ tones: [{ frequency: 440 }], env: { RELAY_PRIVATE_ADDRESSES: "allow" } });
    check = followStream(stack.playlistUrl());
    await nextSegment();
  });
  afterAll(async () => {
    await check.stop();
    await stack.stop();
    await radio.stop();
  });

  it("is heard by the listeners, and its address is shown without credentials", async () => {
    const url = radio.url.replace("//", "//ann:secret@");
    relay = await stack.api(Relay, "POST", RELAYS, { name: "Radio Ada", url });
    expect(relay.address).toBe(radio.url);
    const askedAt = performance.now();
    await stack.api(Relay, "POST", `${RELAYS}/${relay.id}/start`);
    await expect.poll(source, SOON).toBe("relay");
    console.log(`relay on air ${Math.round(performance.now() - askedAt)} ms after it was asked for`);
    await nextSegment();
    await nextSegment();
    const { sound } = await decodeSegments(check.report.segments);
    expect(toneSpans(sound, RELAY_HZ, -50).length).toBeGreaterThan(0);
    const known = () => stack.api(Relay, "GET", `${RELAYS}/${relay.id}`);
    await expect.poll(known, SOON).toMatchObject({ report: { state: "connected" } });
  });

  it("gives way to the library when it is taken off, without a gap", async () => {
    await stack.api(Relay, "POST", `${RELAYS}/${relay.id}/stop`);
    await expect.poll(source, SOON).toBe("autopilot");
    await nextSegment();
    expect(check.report.problems).toEqual([]);
  });

  it("is refused where it leads to what nobody may read, which is told", async () => {
    const url = "http://169.254.169.254/latest/meta-data/";
    const refused = await stack.api(Relay, "POST", RELAYS, { name: "Metadata", url });
    await stack.api(Relay, "POST", `${RELAYS}/${refused.id}/start`);
    const told = async () => {
      const { items } = await stack.api(Incidents, "GET", `/api/v1/incidents?station=${STATION}&limit=100`);
      return items.filter(({ kind }) => kind === "relay-refused").map(({ message }) => message);
    };
    await expect.poll(told, SOON).toEqual([expect.stringMatching(/^Metadata: 169\.254\.169\.254: .*link-?local/i)]);
    expect(await source()).toBe("autopilot");
    for (const { id } of stack.origins) expect(await stack.log(id)).not.toContain("secret@");
    expect(await stack.log("workers")).not.toContain("secret@");
  });
});
