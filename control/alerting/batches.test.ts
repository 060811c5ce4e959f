import { describe, expect, it } from "vitest";
import type { ChannelName } from "../db/alert-messages.ts";
import { batchesOf, type Waiting } from "./batches.ts";
import { ALERTING } from "./policy.ts";
import { makeAlert, START } from "./test-alerting.ts";

const waiting = (count: number, address = "+491", channel: ChannelName = "sms"): Waiting[] =>
  Array.from({ length: count }, () => {
    const alert = makeAlert();
    const id = crypto.randomUUID();
    const outcome = { state: "pending", attempts: 0, nextAt: START, doneAt: null, error: null } as const;
    return { alert, message: { id, alert: alert.id, reason: "raised", channel, address, ...outcome } };
  });

const sentAt = (...times: number[]) => times.map((at) => ({ channel: "sms" as const, address: "+491", at }));
const sizes = (...parameters: Parameters<typeof batchesOf>) =>
  batchesOf(...parameters).map((batch) => batch.waiting.length);

describe("messages that are due", () => {
  it("go out one by one while they are few, and as one summary when they are many", () => {
    expect(sizes(waiting(ALERTING.summariseAbove), [], START)).toEqual([1, 1, 1]);
    expect(sizes(waiting(40), [], START)).toEqual([40]);
  });

  it("are summarised for each person apart, and never for a machine", () => {
    const due = [...waiting(5), ...waiting(1, "+492"), ...waiting(4, "", "webhook")];
    expect(sizes(due, [], START)).toEqual([5, 1, 1, 1, 1, 1]);
  });

  it("wait for somebody who has got many lately, then come as one", () => {
    const lately = sentAt(...Array.from({ length: ALERTING.floodMessages }, (_, index) => START - index * 1000));
    expect(sizes(waiting(2), lately, START + 1000)).toEqual([]);
    expect(sizes(waiting(2), lately, START + ALERTING.floodPauseMs)).toEqual([2]);
    expect(sizes(waiting(2), lately, START + ALERTING.floodWindowMs)).toEqual([1, 1]);
    expect(sizes(waiting(2, "+492"), lately, START + 1000)).toEqual([1, 1]);
  });

  it("go out a bounded number at a time", () => {
    expect(batchesOf(waiting(50, "", "webhook"), [], START)).toHaveLength(ALERTING.sendsPerRound);
  });
});
