import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { readOperationCounts } from "../harness/faults.ts";
import { incidentsSince, originsOf } from "../harness/fleet.ts";
import { PATIENCE_MS } from "../harness/lengths.ts";
import { type Liar, startLiar } from "../harness/liar.ts";
import { type SmsService, startSmsService } from "../harness/sms-service.ts";
import type { Stack } from "../harness/stack.ts";
import { startListenedFleet, type Vigil } from "../harness/vigil.ts";

const HOPELESS = "origin-3";
const TRIALS_MS = 120_000;
/** In a minute, of which a sixth is enough for each trial here. */
const SHORT_TRIALS = { trialMs: 12_000 };

describe("a node that fails every trial", () => {
  let liar: Liar;
  let phone: SmsService;
  let stack: Stack;
  let vigil: Vigil;
  beforeAll(async () => {
    [liar, phone] = await Promise.all([startLiar(), startSmsService()]);
    const fleet = await startListenedFleet({
      faults: true,
      env: phone.settings,
      places: ({ edgeUrl }) => {
        liar.aim(edgeUrl);
        return { [HOPELESS]: { environment: { EDGE_URL: liar.url } } };
      },
    });
    ({ stack, vigil } = fleet);
    const contact = { station: null, name: "On call", phone: "+15005550009", email: null, position: 1 };
    await stack.api(z.unknown(), "POST", "/api/v1/alerts/contacts", contact);
    await stack.api(z.unknown(), "PATCH", "/api/v1/policy", SHORT_TRIALS);
    return async () => {
      await fleet.stop();
      await Promise.all([liar.close(), phone.close()]);
    };
  });

  it("has three tries, one SMS is sent about it, and no listener is ever sent there", {
    timeout: PATIENCE_MS + TRIALS_MS,
  }, async () => {
    const since = Date.now();
    const node = async () => (await originsOf(stack)).find(({ id }) => id === HOPELESS);
    const asked = async () => (await readOperationCounts(stack.edgeUrl))[`segments of ${HOPELESS}`] ?? 0;
    liar.tell("silence");
    await expect.poll(async () => (await node())?.state, { timeout: 30_000 }).not.toMatch(/active|suspect/);
    const before = await asked();
    await expect.poll(async () => (await node())?.state, { timeout: TRIALS_MS, interval: 500 }).toBe("failed");
    expect((await node())?.tries).toBe(3);
    await expect.poll(() => phone.sent.length, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await vigil.hearThisMoment()).toEqual([]);
    expect(await asked()).toBe(before);
    expect(phone.sent).toEqual([{ to: "+15005550009", body: expect.stringContaining(HOPELESS) }]);
    const story = (await incidentsSince(stack, since)).filter(({ origin }) => origin === HOPELESS);
    expect(story.filter(({ kind }) => kind === "origin-on-trial")).toHaveLength(3);
  });
});
