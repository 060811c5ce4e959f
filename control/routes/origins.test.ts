import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { ROUTING_KEY, Routing } from "../../contracts/routing.ts";
import { WIRE } from "../../contracts/version.ts";
import { sha256Of } from "../auth/hash.ts";
import { call, createStation, enrol, heartbeatOf, makeEnrolmentToken, registrationOf } from "./test-client.ts";

let enrolment: string;

const published = async () => Routing.parse(await (await env.MEDIA.get(ROUTING_KEY))?.json());
const incidentsOf = async (origin: string) =>
  (await call("GET", `incidents?origin=${origin}`)).body.items.map(({ kind }: { kind: string }) => kind);

beforeAll(async () => {
  await createStation("demo");
  enrolment = await makeEnrolmentToken();
});

describe("an origin that enrols", () => {
  it("is given a token and its work, and may upload before it has the answer", async () => {
    const origin = await enrol("fresh", enrolment);
    expect(origin.token).toMatch(/^rdo_[\w-]{43}$/);
    expect(origin.desired.stations).toMatchObject([
      {
        slug: "demo",
        roles: ["studio", "slicer"],
        generation: 1,
        studio: { origin: "fresh", url: "http://fresh.example:8801" },
      },
    ]);
    const routing = await published();
    expect(routing.origins.fresh).toEqual({
      url: "http://fresh.example:8801",
      tokenHash: await sha256Of(origin.token),
    });
    expect(routing.stations.demo).toMatchObject({
      studio: "fresh",
      generation: 1,
      slicers: [{ origin: "fresh", weight: 100 }],
    });
    expect(await incidentsOf("fresh")).toEqual(["studio-changed", "origin-on-trial", "origin-enrolled"]);
  });

  it("may ask again with the same process, when the answer was lost; the first token is void then", async () => {
    const instance = crypto.randomUUID();
    const first = await enrol("lost-answer", enrolment, { instance });
    const second = await enrol("lost-answer", enrolment, { instance });
    expect((await first.beat()).status).toBe(401);
    expect((await second.beat()).status).toBe(200);
    expect((await published()).origins["lost-answer"]?.tokenHash).toBe(await sha256Of(second.token));
    const { items } = (await call("GET", "tokens?limit=100")).body;
    expect(items.filter((token: { origin: string | null }) => token.origin === "lost-answer")).toHaveLength(1);
  });

  it("is a conflict while another process is at work under its name", async () => {
    const present = await enrol("at-work", enrolment);
    const answer = await call("POST", "origins/register", registrationOf("at-work"), enrolment);
    expect(answer).toMatchObject({ status: 409, body: { error: { code: "origin_is_live" } } });
    expect((await present.beat()).status).toBe(200);
  });

  it.each<[string, object]>([
    ["an id with other characters", { id: "Origin 1" }],
    ["no role", { roles: [] }],
    ["a URL of another kind", { url: "file:///etc/passwd" }],
    ["an RTMP URL of another kind", { rtmpUrl: "http://x" }],
    ["an instance that is no UUID", { instance: "1" }],
    ["a generation beyond reason", { generations: { demo: 1_000_000_001 } }],
  ])("is refused with %s", async (_title, parts) => {
    const answer = await call("POST", "origins/register", registrationOf("bad", parts), enrolment);
    expect([answer.status, answer.body.error.code]).toEqual([422, "invalid_input"]);
    expect((await call("GET", "origins/bad")).status).toBe(404);
  });

  it("needs an enrolment token or its own", async () => {
    const own = await enrol("honest", enrolment);
    const register = (id: string, token: string | null | undefined) =>
      call("POST", "origins/register", registrationOf(id), token);
    expect((await register("thief", null)).status).toBe(401);
    expect((await register("thief", "rde_wrong")).status).toBe(401);
    expect(await register("thief", undefined)).toMatchObject({
      status: 403,
      body: { error: { code: "not_enrolment" } },
    });
    expect(await register("thief", own.token)).toMatchObject({
      status: 403,
      body: { error: { code: "foreign_origin" } },
    });
    expect((await call("GET", "origins/thief")).status).toBe(404);
  });
});

describe("an origin of another release", () => {
  const wireOf = async (id: string) => (await call("GET", `origins/${id}`)).body.wire;

  it("is let in when its wire is one less or one more, and is shown with it; who says nothing speaks the first", async () => {
    for (const [id, wire] of Object.entries({ newer: WIRE + 1, same: WIRE, older: WIRE - 1 })) {
      const origin = await enrol(id, enrolment, { wire });
      expect((await origin.beat({ wire })).status).toBe(200);
      expect(await wireOf(id)).toBe(wire);
    }
    await enrol("oldest", enrolment);
    expect(await wireOf("oldest")).toBe(1);
  });

  it("is refused beyond that, told why each time, with one incident", async () => {
    const beyond = registrationOf("beyond", { wire: WIRE + 2, version: "9.0.0" });
    for (let asked = 0; asked < 2; asked += 1) {
      const { status, body } = await call("POST", "origins/register", beyond, enrolment);
      expect([status, body.error.code]).toEqual([409, "wire_too_new"]);
      expect(body.error.message).toMatch(/upgrade control first/);
    }
    expect(await incidentsOf("beyond")).toEqual(["origin-wire-refused"]);
    expect((await call("GET", "origins/beyond")).status).toBe(404);
  });

  it("is refused when it goes on under a wire that control no longer understands, and when it comes back so", async () => {
    const origin = await enrol("rolled", enrolment, { wire: WIRE });
    const answers = [
      await origin.beat({ wire: WIRE + 2 }),
      await call("POST", "origins/register", registrationOf("rolled", { wire: WIRE + 2 }), origin.token),
    ];
    expect(answers.map(({ status, body }) => [status, body.error.code])).toEqual([
      [409, "wire_too_new"],
      [409, "wire_too_new"],
    ]);
    expect(await wireOf("rolled")).toBe(WIRE);
  });
});

describe("an origin that comes back with its own token", () => {
  it("is believed at once, keeps its token, and works as studio under a new generation", async () => {
    await createStation("returning");
    const before = (await call("GET", "stations/returning")).body;
    const studio = before.studio;
    const own = await enrol("comes-back", enrolment);
    expect((await call("GET", "stations/returning")).body).toMatchObject({ studio, generation: before.generation });

    const registration = registrationOf("comes-back", { url: "http://moved.example" });
    const answer = await call("POST", "origins/register", registration, own.token);
    expect([answer.status, answer.body.token]).toEqual([200, undefined]);
    expect((await published()).origins["comes-back"]?.url).toBe("http://moved.example");
    expect((await own.beat()).status).toBe(409);
    const beat = await call("POST", "origins/comes-back/heartbeat", heartbeatOf(registration.instance), own.token);
    expect(beat.status).toBe(200);
    expect(await incidentsOf("comes-back")).toEqual(["origin-restarted", "origin-on-trial", "origin-enrolled"]);
  });

  it("lifts the station above the generations it has worked under, should control have forgotten them", async () => {
    await createStation("forgotten");
    const { generation } = (await call("GET", "stations/forgotten")).body;
    await enrol("remembers", enrolment, { generations: { forgotten: 41, demo: 0 } });
    expect(generation).toBeLessThan(41);
    expect((await call("GET", "stations/forgotten")).body.generation).toBe(42);
  });
});

describe("a heartbeat", () => {
  it("answers what the origin is to do, and is what the API then tells of it", async () => {
    const origin = await enrol("beating", enrolment);
    const { status, body } = await origin.beat({ rung: "restart-encoder", now: Date.now() - 5000 });
    expect(status).toBe(200);
    expect(body.desired).toMatchObject({ origin: "beating", stations: expect.any(Array) });
    const heard = (await call("GET", "origins/beating")).body.heard;
    expect(heard).toMatchObject({ rung: "restart-encoder", stations: [] });
    expect(heard.clockOffMs).toBeLessThan(-4000);
  });

  it("is refused without the origin's own token, whatever else the token is good for", async () => {
    const origin = await enrol("guarded", enrolment);
    const other = await enrol("envious", enrolment);
    const beat = (token: string | null | undefined) =>
      call("POST", "origins/guarded/heartbeat", heartbeatOf(origin.instance), token);
    for (const token of [null, "rdo_wrong", other.token, enrolment, undefined]) {
      expect(await beat(token)).toMatchObject({ status: 401, body: { error: { code: "unauthorized" } } });
    }
    expect((await call("POST", "origins/nobody/heartbeat", heartbeatOf(origin.instance), origin.token)).status).toBe(
      401,
    );
  });

  it("is refused when it does not fit", async () => {
    const origin = await enrol("garbled", enrolment);
    const answer = await call(
      "POST",
      "origins/garbled/heartbeat",
      { instance: origin.instance, rung: 7 },
      origin.token,
    );
    expect([answer.status, answer.body.error.code]).toEqual([422, "invalid_input"]);
  });

  it("is refused once its token was ended, and the edge takes no more uploads", async () => {
    const origin = await enrol("ended", enrolment);
    const { body } = await call("GET", "tokens?limit=100");
    const { id } = body.items.find((token: { origin: string | null }) => token.origin === "ended");
    expect((await call("DELETE", `tokens/${id}`)).status).toBe(204);
    expect((await origin.beat()).status).toBe(401);
    expect((await published()).origins.ended?.tokenHash).toBeNull();
    expect((await call("POST", "origins/register", registrationOf("ended"), origin.token)).status).toBe(401);
  });
});

describe("an origin's weight", () => {
  it("is in the routing as soon as it is set", async () => {
    await enrol("weighed", enrolment);
    expect((await call("PATCH", "origins/weighed", { weight: 12.5 })).body.weight).toBe(12.5);
    expect((await published()).stations.demo?.slicers).toContainEqual({ origin: "weighed", weight: 12.5 });
  });

  it("is refused out of bounds, and for an origin that there is not", async () => {
    for (const weight of [-1, 1001, "1", null]) {
      expect((await call("PATCH", "origins/weighed", { weight })).status).toBe(422);
    }
    expect((await call("PATCH", "origins/nobody", { weight: 1 })).status).toBe(404);
  });
});

describe("moving an origin by hand", () => {
  it("drains it: it goes on, but only as the last resort", async () => {
    const origin = await enrol("draining", enrolment);
    expect((await call("POST", "origins/draining/drain")).body.state).toBe("draining");
    const routing = await published();
    expect(routing.stations.demo?.slicers).toContainEqual({ origin: "draining", weight: 0 });
    expect(routing.origins.draining?.tokenHash).not.toBeNull();
    expect((await origin.beat()).body.desired.stations).toContainEqual(
      expect.objectContaining({ slug: "demo", roles: ["slicer"] }),
    );
    expect((await call("POST", "origins/draining/readmit")).body.state).toBe("active");
    expect((await published()).stations.demo?.slicers).toContainEqual({ origin: "draining", weight: 100 });
  });

  it("evicts it, by force where nobody has audio: not routed, no uploads, nothing to do, and its stations have another studio", async () => {
    const { studio } = (await call("GET", "stations/demo")).body;
    expect(await call("POST", `origins/${studio}/evict`)).toMatchObject({
      status: 409,
      body: { error: { code: "last_with_audio", message: expect.stringContaining("force=true") } },
    });
    expect((await call("POST", `origins/${studio}/evict?force=true`)).body.state).toBe("evicted");
    const routing = await published();
    expect(routing.origins[studio]?.tokenHash).toBeNull();
    expect(routing.stations.demo?.slicers.map(({ origin }) => origin)).not.toContain(studio);
    expect(routing.stations.demo?.studio).not.toBe(studio);
    expect((await call("POST", `origins/${studio}/readmit`)).body.state).toBe("trial");
    expect((await published()).origins[studio]?.tokenHash).not.toBeNull();
    expect((await published()).stations.demo?.slicers.map(({ origin }) => origin)).not.toContain(studio);
    expect(await incidentsOf(studio)).toEqual(expect.arrayContaining(["origin-called-back", "origin-evicted"]));
  });

  it("keeps an evicted origin out when it restarts", async () => {
    const origin = await enrol("outcast", enrolment);
    await call("POST", "origins/outcast/evict?force=true");
    const answer = await call("POST", "origins/register", registrationOf("outcast"), origin.token);
    expect(answer.body.desired.stations).toEqual([]);
    expect((await call("GET", "origins/outcast")).body.state).toBe("evicted");
  });

  it("is a conflict when its state does not allow it, and finds no origin that there is not", async () => {
    const conflictOf = async (path: string) => (await call("POST", path)).body.error.code;
    expect(await conflictOf("origins/outcast/evict")).toBe("wrong_state");
    expect(await conflictOf("origins/outcast/drain")).toBe("wrong_state");
    expect(await conflictOf("origins/nobody/drain")).toBe("not_found");
  });
});
