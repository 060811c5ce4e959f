import { describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import type { ChannelName } from "../db/alert-messages.ts";
import type { Outcome } from "../outbound/call.ts";
import { createLastResort } from "./last-resort.ts";
import { makeContact, START } from "./test-alerting.ts";

function world() {
  let ms = START;
  let outcome: Outcome = { ok: true };
  const sent: string[] = [];
  const channel = (name: ChannelName) => ({
    send: async (address: string, { subject }: { subject: string }) => {
      sent.push(`${name} ${address}: ${subject}`);
      return outcome;
    },
  });
  const channels = new Map((["sms", "webhook"] as const).map((name) => [name, channel(name)]));
  const clock = { now: () => ms, monotonic: () => ms };
  const lastResort = createLastResort({ channels, clock, log: createLog({ write: () => {} }) });
  const failFor = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) {
      await lastResort.failed();
      ms += 1000;
    }
  };
  return {
    lastResort,
    sent,
    failFor,
    answer: (next: Outcome) => {
      outcome = next;
    },
  };
}

const WHAT = "the fleet: D1 does not answer: no alert can be kept or repeated";
const ann = makeContact({ phone: "+491" });

describe("without D1", () => {
  it("the first who is on call hears of it once it has lasted, once, and of its end", async () => {
    const { lastResort, sent, failFor } = world();
    await lastResort.worked([ann, makeContact({ phone: "+492", position: 1 })]);
    await failFor(60);
    expect(sent).toEqual([]);
    await failFor(240);
    expect(sent).toEqual([`webhook : [critical] ${WHAT}`, `sms +491: [critical] ${WHAT}`]);
    await lastResort.worked([ann]);
    await lastResort.worked([ann]);
    expect(sent.slice(2)).toEqual([`webhook : [resolved] ${WHAT}`, `sms +491: [resolved] ${WHAT}`]);
  });

  it("nobody hears of what is soon over", async () => {
    const { lastResort, sent, failFor } = world();
    for (let time = 0; time < 3; time += 1) {
      await failFor(59);
      await lastResort.worked([ann]);
    }
    expect(sent).toEqual([]);
  });

  it("it is said again until somebody can be reached", async () => {
    const { sent, failFor, answer } = world();
    answer({ ok: false, retry: true, reason: "answered 503" });
    await failFor(63);
    expect(sent).toHaveLength(3);
    answer({ ok: true });
    await failFor(10);
    expect(sent).toHaveLength(4);
  });
});
