import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeAlert, makeContact } from "../alerting/test-alerting.ts";
import { openDatabase } from "../db/database.ts";
import { alertMessages, alerts, contacts } from "../db/schema.ts";
import { createApp } from "./app.ts";
import { ADMIN, call, createStation, enrol, makeEnrolmentToken, sweep } from "./test-client.ts";

const db = openDatabase(env.DB);

beforeEach(async () => {
  for (const table of [alertMessages, alerts, contacts]) await db.delete(table);
});
afterEach(() => vi.restoreAllMocks());

async function store(parts: Parameters<typeof makeAlert>[0] = {}) {
  const alert = makeAlert({ key: crypto.randomUUID(), ...parts });
  await db.insert(alerts).values(alert);
  return alert;
}

describe("alerts", () => {
  it("are listed newest first, page by page, with what was done and what to do", async () => {
    for (const raisedAt of [1, 2, 3]) await store({ raisedAt });
    const first = (await call("GET", "alerts?limit=2")).body;
    const second = (await call("GET", `alerts?limit=2&cursor=${encodeURIComponent(first.next)}`)).body;
    const all = [...first.items, ...second.items];
    expect(all.map(({ raisedAt }) => raisedAt)).toEqual([3, 2, 1]);
    expect([second.next, all[0].toDo]).toEqual([null, "Give the station an origin: readmit one, or start one."]);
  });

  it("are raised by the monitor's sweep, of what origins report", async () => {
    await createStation("demo");
    const origin = await enrol("origin-1", await makeEnrolmentToken());
    const report = { id: crypto.randomUUID(), at: Date.now(), kind: "source-silent", station: "demo", message: "16 s" };
    await origin.beat({ incidents: [report] });
    await vi.waitFor(
      async () => {
        await sweep();
        const { items } = (await call("GET", "alerts?kind=source-silent")).body;
        expect(items).toMatchObject([{ station: "demo", what: "16 s", since: report.at, state: "open" }]);
      },
      { timeout: 10_000, interval: 500 },
    );
  });

  it("are found by state, severity, kind and place", async () => {
    await store();
    await store({ acknowledgedAt: 5, acknowledgedBy: "admin ann", severity: "warning" });
    await store({ resolvedAt: 9, kind: "clock-off", station: null, origin: "origin-2" });
    const states = async (query: string) =>
      (await call("GET", `alerts?${query}`)).body.items.map(({ state }: { state: string }) => state);
    expect(await states("state=open")).toEqual(["open"]);
    expect(await states("state=acknowledged")).toEqual(["acknowledged"]);
    expect(await states("state=resolved")).toEqual(["resolved"]);
    expect(await states("severity=warning")).toEqual(["acknowledged"]);
    expect(await states("kind=clock-off")).toEqual(["resolved"]);
    expect(await states("origin=origin-2")).toEqual(["resolved"]);
    expect(await states("station=demo")).toHaveLength(2);
    expect((await call("GET", "alerts?state=loud")).status).toBe(422);
  });

  it("are acknowledged once, by whoever is first, and never when they are over", async () => {
    const { id } = await store();
    const taken = await call("POST", `alerts/${id}/acknowledge`);
    expect([taken.status, taken.body.state, taken.body.acknowledgedBy]).toEqual([
      200,
      "acknowledged",
      "admin bootstrap",
    ]);
    const again = await call("POST", `alerts/${id}/acknowledge`);
    expect([again.status, again.body.error.code]).toEqual([409, "acknowledged"]);
    const over = await store({ resolvedAt: 9 });
    expect((await call("POST", `alerts/${over.id}/acknowledge`)).body.error.code).toBe("resolved");
    expect((await call("POST", `alerts/${crypto.randomUUID()}/acknowledge`)).status).toBe(404);
    const { items } = (await call("GET", "incidents?station=demo")).body;
    expect(items.filter(({ kind }: { kind: string }) => kind === "alert-acknowledged")).toHaveLength(1);
  });

  it("say what was told to whom", async () => {
    const { id } = await store();
    const outcome = { state: "parked", attempts: 8, nextAt: 1, doneAt: 2, error: "answered 503" } as const;
    const message = { reason: "raised", channel: "sms", address: "+491700000001" } as const;
    await db.insert(alertMessages).values({ id: crypto.randomUUID(), alert: id, ...message, ...outcome });
    const { nextAt: _, ...said } = outcome;
    expect((await call("GET", `alerts/${id}`)).body).toMatchObject({ id, messages: [{ ...message, ...said }] });
    expect((await call("GET", `alerts/${crypto.randomUUID()}`)).status).toBe(404);
  });

  it.each([
    ["GET", "alerts"],
    ["POST", "alerts/test"],
    ["GET", "alerts/contacts"],
    ["POST", "alerts/contacts"],
  ])("are for admins alone: %s /%s", async (method, path) => {
    const body = method === "POST" ? {} : undefined;
    expect((await call(method, path, body, null)).status).toBe(401);
    expect((await call(method, path, body, await makeEnrolmentToken())).status).toBe(403);
  });
});

describe("contacts", () => {
  it("are put on call for all stations or one, listed in their order, changed, and taken off", async () => {
    await createStation("demo");
    const create = (body: object) => call("POST", "alerts/contacts", body);
    const second = await create({ name: "Ben", email: "ben@example.org", position: 2 });
    const first = await create({ name: "Ann", phone: "+491700000001", position: 1 });
    const own = await create({ name: "Own", station: "demo", phone: "+491700000002" });
    expect([second.status, first.status, own.status]).toEqual([201, 201, 201]);
    const names = async (query = "") =>
      (await call("GET", `alerts/contacts${query}`)).body.items.map(({ name }: { name: string }) => name);
    expect([await names(), await names("?station=demo")]).toEqual([["Ann", "Ben", "Own"], ["Own"]]);
    const page = (await call("GET", "alerts/contacts?limit=2")).body;
    expect(await names(`?cursor=${encodeURIComponent(page.next)}`)).toEqual(["Own"]);

    const path = `alerts/contacts/${first.body.id}`;
    expect((await call("PATCH", path, { position: 3, email: "ann@example.org" })).body).toMatchObject({
      name: "Ann",
      phone: "+491700000001",
      email: "ann@example.org",
      position: 3,
    });
    expect(await names()).toEqual(["Ben", "Ann", "Own"]);
    expect((await call("PATCH", path, { email: null, phone: null })).status).toBe(422);
    expect((await call("DELETE", path)).status).toBe(204);
    expect((await call("DELETE", path)).status).toBe(404);
    expect((await call("PATCH", path, { position: 1 })).status).toBe(404);
  });

  it.each([
    { name: "Nobody" },
    { name: "", phone: "+491700000001" },
    { name: "Ann", phone: "0170 0000001" },
    { name: "Ann", email: "ann" },
    { name: "Ann", phone: "+491700000001", webhook: "http://169.254.169.254/" },
  ])("are not made of %j", async (input) => {
    expect((await call("POST", "alerts/contacts", input)).status).toBe(422);
  });

  it("are not made for a station that is not there", async () => {
    const { status } = await call("POST", "alerts/contacts", {
      name: "Ann",
      station: "nowhere",
      phone: "+491700000001",
    });
    expect([status, await db.select().from(contacts)]).toEqual([404, []]);
  });
});

describe("a test of the channels", () => {
  const SETTINGS = {
    ALERT_SMS_ACCOUNT: "AC1",
    ALERT_SMS_TOKEN: "twilio-token",
    ALERT_SMS_FROM: "+15550000000",
    ALERT_WEBHOOK_URL: "https://hook.example/alerts",
    ALERT_WEBHOOK_SECRET: "a-secret-of-the-webhook",
  };

  const send = async (body: object) => {
    const headers = { Authorization: `Bearer ${ADMIN}`, "Content-Type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const answer = await createApp().request("/api/v1/alerts/test", init, { ...env, ...SETTINGS });
    return { status: answer.status, text: await answer.text() };
  };

  it("goes through each that is set up, to the contacts for all stations, and says what became of it", async () => {
    const lines: string[] = [];
    vi.spyOn(console, "log").mockImplementation((line) => lines.push(line));
    const called: string[] = [];
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      const { url } = input as Request;
      called.push(url);
      return url.includes("twilio") ? Response.json({ code: 20003 }, { status: 401 }) : new Response(null);
    });
    await db.insert(contacts).values(makeContact({ phone: "+491700000001", email: "ann@example.org" }));
    const { status, text } = await send({});
    expect([status, JSON.parse(text).items]).toEqual([
      200,
      [
        { channel: "webhook", address: "", sent: true, reason: null },
        { channel: "sms", address: "+491700000001", sent: false, reason: "answered 401, error 20003" },
      ],
    ]);
    expect(called).toHaveLength(2);
    for (const secret of [SETTINGS.ALERT_SMS_TOKEN, SETTINGS.ALERT_WEBHOOK_SECRET]) {
      expect(text + lines.join()).not.toContain(secret);
    }
  });

  it("goes through the one that is named, and is refused when nobody is there", async () => {
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response(null));
    expect(JSON.parse((await send({ channel: "webhook" })).text).items).toHaveLength(1);
    expect([(await send({ channel: "email" })).status, (await send({ channel: "sms" })).status]).toEqual([409, 409]);
    expect((await send({ contact: crypto.randomUUID() })).status).toBe(404);
    expect((await send({ channel: "pigeon" })).status).toBe(422);
  });
});
