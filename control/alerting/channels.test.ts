import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { SIGNATURE_HEADER, signBody } from "../outbound/sign.ts";
import type { Outgoing } from "./channel.ts";
import { createChannels } from "./create-channels.ts";
import { ALERTING } from "./policy.ts";
import { readAlertSettings } from "./settings.ts";

const TOKEN = "the-token-of-twilio";
const SECRET = "a-secret-of-the-webhook";
const message: Outgoing = {
  id: "delivery-1",
  subject: "[critical] demo",
  text: "What: it",
  short: "demo & more",
  told: { event: "raised" },
};

const BINDINGS = {
  ALERT_SMS_URL: "http://sms.example/",
  ALERT_SMS_ACCOUNT: "AC1",
  ALERT_SMS_TOKEN: TOKEN,
  ALERT_SMS_FROM: "+15550000000",
  ALERT_EMAIL_FROM: "radio@example.org",
  ALERT_EMAIL_URL: "http://mail.example/send",
  ALERT_EMAIL_TOKEN: "mail-token",
  ALERT_WEBHOOK_URL: "http://hook.example/alerts",
  ALERT_WEBHOOK_SECRET: SECRET,
};

/** Channels whose far side is `answer`; what came there is kept. */
function channelsTo(answer: (request: Request) => Response | Promise<Response>, bindings: object = BINDINGS) {
  const requests: { request: Request; body: string }[] = [];
  const channels = createChannels(readAlertSettings(bindings), {
    clock: systemClock,
    fetch: async (request) => {
      requests.push({ request, body: await request.clone().text() });
      return answer(request);
    },
  });
  const send = (channel: "sms" | "email" | "webhook", address: string) => channels.get(channel)?.send(address, message);
  return { send, requests, channels };
}

describe("SMS", () => {
  it("speaks Twilio's Messages resource", async () => {
    const { send, requests } = channelsTo(() => Response.json({ sid: "SM1", status: "queued" }, { status: 201 }));
    expect(await send("sms", "+491700000001")).toEqual({ ok: true });
    const [{ request, body } = { request: new Request("http://none"), body: "" }] = requests;
    expect([request.method, request.url]).toEqual(["POST", "http://sms.example/2010-04-01/Accounts/AC1/Messages.json"]);
    expect(request.headers.get("authorization")).toBe(`Basic ${btoa(`AC1:${TOKEN}`)}`);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      To: "+491700000001",
      From: "+15550000000",
      Body: "demo & more",
    });
  });

  it.each([
    [429, { code: 20429, message: "Too many requests" }, { retry: true, reason: "answered 429, error 20429" }],
    [400, { code: 21211, message: "'To' +49170 is not valid" }, { retry: false, reason: "answered 400, error 21211" }],
    [401, { code: 20003, message: "Authenticate" }, { retry: false, reason: "answered 401, error 20003" }],
    [503, "<html>", { retry: true, reason: "answered 503" }],
    [302, "", { retry: false, reason: "answered 302" }],
  ])(
    "knows by an answer of %d whether to try again, and repeats no more of it than its number",
    async (status, body, expected) => {
      const { send } = channelsTo(
        () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status }),
      );
      expect(await send("sms", "+491700000001")).toEqual({ ok: false, ...expected });
    },
  );
});

describe("e-mail", () => {
  it("goes through an HTTP API as subject and text", async () => {
    const { send, requests } = channelsTo(() => Response.json({ id: "1" }));
    expect(await send("email", "ann@example.org")).toEqual({ ok: true });
    expect(requests[0]?.request.headers.get("authorization")).toBe("Bearer mail-token");
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({
      from: "radio@example.org",
      to: ["ann@example.org"],
      subject: "[critical] demo",
      text: "What: it",
    });
  });

  const bound = (send: () => Promise<EmailSendResult>) => {
    const { ALERT_EMAIL_URL: _, ...bindings } = BINDINGS;
    return channelsTo(() => Response.error(), { ...bindings, EMAIL: { send } }).send("email", "ann@example.org");
  };

  it("goes through the binding where no API is set", async () => {
    const send = vi.fn(async () => ({ messageId: "1" }));
    expect(await bound(send)).toEqual({ ok: true });
    expect(send).toHaveBeenCalledWith({
      from: "radio@example.org",
      to: "ann@example.org",
      subject: "[critical] demo",
      text: "What: it",
    });
  });

  it.each([
    ["E_RATE_LIMIT_EXCEEDED", true],
    ["E_SENDER_NOT_VERIFIED", false],
  ])("knows by the binding's code %s whether to try again: %s", async (code, retry) => {
    const failing = () => Promise.reject(Object.assign(new Error("ann@example.org"), { code }));
    expect(await bound(failing)).toEqual({ ok: false, retry, reason: `the e-mail binding said ${code}` });
  });
});

describe("the webhook", () => {
  it("gets JSON, signed with the time, under the same delivery each time", async () => {
    const { send, requests } = channelsTo(() => new Response(null, { status: 204 }));
    await send("webhook", "");
    await send("webhook", "");
    const [first, second] = requests;
    expect(JSON.parse(first?.body ?? "")).toEqual({ event: "raised" });
    expect(first?.request.headers.get("radio-dream-delivery")).toBe("delivery-1");
    expect(second?.request.headers.get("radio-dream-delivery")).toBe("delivery-1");
    const signature = first?.request.headers.get(SIGNATURE_HEADER) ?? "";
    const seconds = Number(signature.match(/^t=(\d+),v1=[0-9a-f]{64}$/)?.[1]);
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(60);
    expect(await signBody(SECRET, first?.body ?? "", { now: () => seconds * 1000 })).toBe(signature);
    expect(await signBody(`${SECRET}x`, first?.body ?? "", { now: () => seconds * 1000 })).not.toBe(signature);
  });
});

describe("a channel", () => {
  it("gives up on a far side that hangs, and may try again", async () => {
    vi.useFakeTimers();
    try {
      const { send } = channelsTo(() => new Promise(() => {}));
      const sent = send("webhook", "");
      await vi.advanceTimersByTimeAsync(0);
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      await vi.advanceTimersByTimeAsync(ALERTING.sendTimeoutMs);
      expect(await sent).toEqual({ ok: false, retry: true, reason: "hook.example took longer than 8000 ms" });
    } finally {
      vi.useRealTimers();
    }
  });

  it("may try again when nobody answers", async () => {
    const { send } = channelsTo(() => Promise.reject(new TypeError("connection refused")));
    for (const channel of ["sms", "email", "webhook"] as const) {
      expect(await send(channel, "x")).toEqual({ ok: false, retry: true, reason: "TypeError: connection refused" });
    }
  });

  it("is there only when it is wholly set up", () => {
    const namesFor = (bindings: object) => [...channelsTo(() => Response.error(), bindings).channels.keys()];
    expect(namesFor({})).toEqual([]);
    expect(namesFor(BINDINGS)).toEqual(["sms", "email", "webhook"]);
    for (const missing of ["ALERT_SMS_TOKEN", "ALERT_EMAIL_FROM", "ALERT_WEBHOOK_SECRET"]) {
      expect(namesFor({ ...BINDINGS, [missing]: "" })).toHaveLength(2);
    }
    const neitherWay = { ...BINDINGS, ALERT_EMAIL_URL: "" };
    expect(namesFor(neitherWay)).toEqual(["sms", "webhook"]);
    expect(namesFor({ ...neitherWay, EMAIL: { send: vi.fn() } })).toEqual(["sms", "email", "webhook"]);
  });

  it.each([
    { ALERT_WEBHOOK_URL: "file:///etc/passwd" },
    { ALERT_WEBHOOK_SECRET: "short" },
    { ALERT_EMAIL_FROM: "nobody" },
    { ALERT_ESCALATE_AFTER_S: "soon" },
  ])("is not made of %j", (parts) => {
    expect(() => readAlertSettings({ ...BINDINGS, ...parts })).toThrow();
  });
});
