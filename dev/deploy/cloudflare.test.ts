import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type Call, Cloudflare } from "./cloudflare.ts";

const SETTINGS = { api: "https://api.test", account: "a1", token: "the-token" };
const GET: Call = { permission: "D1: Edit" };
const POST: Call = { method: "POST", body: {}, permission: "D1: Edit" };

const ok = () => Response.json({ success: true, errors: [], result: "done" });
const failing = (status: number, headers = {}) =>
  Response.json({ success: false, errors: [{ code: 7, message: "no" }] }, { status, headers });

/** The API that answers so, one after the other, and the pauses that were made between. */
function apiThat(...answers: (() => Response | Promise<Response>)[]) {
  const pauses: number[] = [];
  let calls = 0;
  const answer: typeof fetch = async () => (answers[Math.min(calls++, answers.length - 1)] ?? ok)();
  const cloudflare = new Cloudflare(SETTINGS, { fetch: answer, pause: async (ms) => void pauses.push(ms) });
  const ask = (call: Call) => cloudflare.ofAccount("/things", z.string(), call);
  return { ask, pauses, calls: () => calls };
}

describe("A call of Cloudflare's API", () => {
  it.each([500, 503, 429])("is tried again after %d", async (status) => {
    const api = apiThat(() => failing(status), ok);
    expect(await api.ask(GET)).toBe("done");
    expect(api.calls()).toBe(2);
  });

  it("waits as long as it is told to, and no longer than a minute", async () => {
    const api = apiThat(
      () => failing(429, { "retry-after": "7" }),
      () => failing(429, { "retry-after": "86400" }),
      ok,
    );
    await api.ask(GET);
    expect(api.pauses).toEqual([7_000, 60_000]);
  });

  it("gives up after four tries", async () => {
    const api = apiThat(() => failing(500));
    await expect(api.ask(GET)).rejects.toThrow("Cloudflare answered 500 to GET /accounts/a1/things: no (7).");
    expect(api.calls()).toBe(4);
  });

  it("that makes something is not made twice, unless it was not heard", async () => {
    const failed = apiThat(() => failing(500));
    await expect(failed.ask(POST)).rejects.toThrow("500");
    const lost = apiThat(() => Promise.reject(new DOMException("", "TimeoutError")));
    await expect(lost.ask(POST)).rejects.toThrow("did not answer in time");
    expect([failed.calls(), lost.calls()]).toEqual([1, 1]);
    expect(await apiThat(() => failing(429), ok).ask(POST)).toBe("done");
  });

  it.each([400, 404, 409])("is not tried again after %d", async (status) => {
    const api = apiThat(() => failing(status));
    await expect(api.ask(GET)).rejects.toMatchObject({ status, codes: [7] });
    expect(api.calls()).toBe(1);
  });

  it("that is refused names the permission, and never the token", async () => {
    for (const status of [401, 403]) {
      const error = await apiThat(() => failing(status))
        .ask(GET)
        .catch(String);
      expect(error).toContain('"D1: Edit"');
      expect(error).not.toContain(SETTINGS.token);
    }
  });

  it("that is answered in another form, or with no JSON, says so", async () => {
    const other = () => Response.json({ success: true, errors: [], result: 5 });
    await expect(apiThat(other).ask(GET)).rejects.toThrow("in a form that is not known");
    await expect(apiThat(() => new Response("<html>")).ask(GET)).rejects.toThrow("<html>");
  });
});
