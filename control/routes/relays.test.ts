import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { StationReport } from "../../contracts/fleet.ts";
import { planKey, StationPlan } from "../../contracts/plan.ts";
import type { RelayReport } from "../../contracts/relay.ts";
import { call, createStation, enrol, makeEnrolmentToken } from "./test-client.ts";

const SECRET = "http://ann:secret@radio.example:8000/one?token=secret";
const NOBODY = crypto.randomUUID();

async function makeStation(slug: string) {
  await createStation(slug);
  const create = (parts: object) => call("POST", `stations/${slug}/relays`, { name: "One", url: SECRET, ...parts });
  const planned = async () => {
    const object = await env.MEDIA.get(planKey(slug));
    return object ? StationPlan.parse(await object.json()).relays : [];
  };
  const kinds = async () =>
    (await call("GET", `incidents?station=${slug}&limit=100`)).body.items
      .map(({ kind }: { kind: string }) => kind)
      .filter((kind: string) => kind.startsWith("relay-"));
  return { path: `stations/${slug}/relays`, create, planned, kinds };
}

describe("the relays of a station", () => {
  it("are created, listed by name, changed and deleted, each of which is told", async () => {
    const { path, create, kinds } = await makeStation("listed");
    const { status, body: one } = await create({ name: "  One " });
    expect([status, one]).toEqual([
      201,
      {
        ...{ id: expect.any(String), name: "One", address: "http://radio.example:8000/one?token=***" },
        ...{ isOnAir: false, isTrial: false, createdAt: expect.any(Number), report: null },
      },
    ]);
    await create({ name: "A", isTrial: true });
    const { body: page } = await call("GET", `${path}?limit=1`);
    expect(page.items.map(({ name }: { name: string }) => name)).toEqual(["A"]);
    expect((await call("GET", `${path}?cursor=${encodeURIComponent(page.next)}`)).body).toEqual({
      items: [one],
      next: null,
    });
    const changed = await call("PATCH", `${path}/${one.id}`, { name: "Two", url: "rtmp://radio.example/live/two" });
    expect(changed.body).toEqual({ ...one, name: "Two", address: "rtmp://radio.example/live/two" });
    expect((await call("DELETE", `${path}/${one.id}`)).status).toBe(204);
    expect((await call("GET", `${path}/${one.id}`)).status).toBe(404);
    expect(await kinds()).toEqual(["relay-deleted", "relay-changed", "relay-created", "relay-created"]);
  });

  it("keep their credentials to themselves: only the plan for the origins has them", async () => {
    const { path, create, planned } = await makeStation("secretive");
    const { body } = await create({});
    const answers = [body, (await call("GET", path)).body, (await call("GET", "incidents?station=secretive")).body];
    expect(JSON.stringify(answers)).not.toContain("secret@");
    expect(JSON.stringify(answers)).not.toContain("=secret");
    await vi.waitFor(async () => expect(await planned()).toMatchObject([{ name: "One", url: SECRET }]), 5000);
    expect(JSON.stringify((await call("GET", "stations/secretive/plan")).body)).not.toContain("secret@");
  });

  it("are put on air by hand one at a time, and taken off, which the plan says at once", async () => {
    const { path, create, planned } = await makeStation("by-hand");
    const one = (await create({})).body.id;
    const two = (await create({ name: "Two" })).body.id;
    const onAir = async () => (await planned()).filter(({ isOnAir }) => isOnAir).map(({ name }) => name);
    expect((await call("POST", `${path}/${one}/start`)).body).toMatchObject({ isOnAir: true });
    await vi.waitFor(async () => expect(await onAir()).toEqual(["One"]), 5000);
    await call("POST", `${path}/${two}/start`);
    await vi.waitFor(async () => expect(await onAir()).toEqual(["Two"]), 5000);
    expect((await call("POST", `${path}/${two}/stop`)).body).toMatchObject({ isOnAir: false });
    await vi.waitFor(async () => expect(await onAir()).toEqual([]), 5000);
  });

  it("on trial are not put on air, and leave it when they go on trial", async () => {
    const { path, create } = await makeStation("on-trial");
    const { body: one } = await create({});
    await call("POST", `${path}/${one.id}/start`);
    expect((await call("PATCH", `${path}/${one.id}`, { isTrial: true })).body).toMatchObject({
      isOnAir: false,
      isTrial: true,
    });
    expect((await call("GET", `${path}/${one.id}`)).body).toMatchObject({ isOnAir: false, isTrial: true });
    expect(await call("POST", `${path}/${one.id}/start`)).toMatchObject({
      status: 409,
      body: { error: { code: "relay_on_trial" } },
    });
  });

  it("are on trial eight at a time", async () => {
    const { path, create } = await makeStation("trials");
    const { body: one } = await create({});
    const full = { status: 409, body: { error: { code: "too_many_trials" } } };
    for (let count = 0; count < 8; count++) expect((await create({ isTrial: true })).status).toBe(201);
    expect(await create({ isTrial: true })).toMatchObject(full);
    expect(await call("PATCH", `${path}/${one.id}`, { isTrial: true })).toMatchObject(full);
  });

  it.each([
    ["http://169.254.169.254/latest/meta-data/", "relay_refused"],
    ["http://127.0.0.1:8788/", "relay_refused"],
    ["rtmp://localhost/live/one", "relay_refused"],
    ["http://[::1]/", "relay_refused"],
    ["file:///etc/passwd", "invalid_input"],
    ["concat:http://radio.example/|file:///etc/passwd", "invalid_input"],
    ["ftp://radio.example/", "invalid_input"],
    ["radio.example", "invalid_input"],
  ])("may not lead to %s", async (url, code) => {
    const slug = `refusing-${code.slice(0, 5)}`;
    const { path, create, kinds } = await makeStation(slug);
    expect(await create({ url })).toMatchObject({ status: 422, body: { error: { code } } });
    expect((await kinds()).includes("relay-refused")).toBe(code === "relay_refused");
    const { body } = await create({});
    expect(await call("PATCH", `${path}/${body.id}`, { url })).toMatchObject({ status: 422 });
    await call("DELETE", `${path}/${body.id}`);
  });

  it("are not found where they are not, and belong to one station alone", async () => {
    const { path } = await makeStation("empty");
    const other = (await (await makeStation("other")).create({})).body.id;
    for (const id of [NOBODY, other]) {
      expect((await call("GET", `${path}/${id}`)).status).toBe(404);
      expect((await call("POST", `${path}/${id}/start`)).status).toBe(404);
      expect((await call("DELETE", `${path}/${id}`)).status).toBe(404);
    }
    expect((await call("POST", "stations/nowhere/relays", { name: "One", url: SECRET })).status).toBe(404);
  });

  it("are scheduled only where they are and may be on air, and are not deleted while they are", async () => {
    const { path, create } = await makeStation("scheduled");
    const { body: one } = await create({});
    const { body: two } = await create({ isTrial: true });
    const schedule = (relay: string) =>
      call("POST", "stations/scheduled/schedule", {
        ...{ title: "One", from: "2027-01-01T12:00", durationMinutes: 60, content: { kind: "relay", relay } },
      });
    expect(await schedule(NOBODY)).toMatchObject({ status: 422, body: { error: { code: "no_such_relay" } } });
    expect(await schedule(two.id)).toMatchObject({ status: 422, body: { error: { code: "relay_on_trial" } } });
    expect(await schedule(one.id)).toMatchObject({ status: 201 });
    expect(await call("DELETE", `${path}/${one.id}`)).toMatchObject({
      status: 409,
      body: { error: { code: "relay_in_use" } },
    });
  });

  it("go with their station", async () => {
    const { path, create } = await makeStation("leaving");
    await create({});
    await call("DELETE", "stations/leaving");
    await createStation("leaving");
    expect((await call("GET", path)).body.items).toEqual([]);
  });
});

describe("a relay that the studio is connected to", () => {
  beforeAll(() => createStation("connected"));

  it("is shown with how it does", async () => {
    const { body: relay } = await call("POST", "stations/connected/relays", { name: "One", url: SECRET });
    const report: RelayReport = {
      ...{ id: relay.id, state: "connected", detail: null, codec: "mp3", bitrate: 128_000 },
      ...{ title: "Ada - One", silence: 0.01, uptime: 0.99 },
    };
    const said: StationReport = {
      ...{ slug: "connected", roles: ["studio"], generation: 1, source: "relay", sliced: null, published: null },
      ...{ queued: 0, live: null, relays: [report] },
    };
    const origin = await enrol("origin-1", await makeEnrolmentToken());
    await origin.beat({ stations: [said] });
    expect((await call("GET", `stations/connected/relays/${relay.id}`)).body.report).toMatchObject({ ...report });
  });
});
