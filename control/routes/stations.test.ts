import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { StationReport } from "../../contracts/fleet.ts";
import { call, createStation, enrol, makeEnrolmentToken, type TestOrigin } from "./test-client.ts";

const incidentsOf = async (station: string) =>
  (await call("GET", `incidents?station=${station}`)).body.items.map(({ kind }: { kind: string }) => kind);

describe("creating a station", () => {
  it("fills in what is not said, and tells who did it", async () => {
    const { status, body } = await createStation("plain", { name: "  Plain FM " });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      slug: "plain",
      name: "Plain FM",
      studio: null,
      generation: 0,
      framesPerSegment: 150,
      renditions: ["aac-48k", "aac-128k"],
      livePolicy: "auto",
      liveAllowed: true,
      liveSilenceSeconds: 15,
      delivery: "edge",
      source: null,
      live: null,
      ingest: [],
      listen: null,
    });
    expect(body).not.toHaveProperty("feedSecret");
    expect((await call("GET", "incidents?station=plain")).body.items).toMatchObject([
      { kind: "station-created", actor: "admin bootstrap" },
    ]);
  });

  it("keeps the order of the renditions, for players begin with the first", async () => {
    const renditions = ["aac-320k", "aac-64k", "aac-128k"];
    await createStation("ordered", { renditions, framesPerSegment: 375 });
    expect((await call("GET", "stations/ordered")).body).toMatchObject({ renditions, framesPerSegment: 375 });
  });

  it("does not let a host on air at once under the policy armed", async () => {
    expect((await createStation("careful", { livePolicy: "armed" })).body.liveAllowed).toBe(false);
  });

  it("is a conflict when the slug is taken, and leaves the present station as it is", async () => {
    await createStation("taken", { renditions: ["aac-64k"] });
    const { status, body } = await createStation("taken", { name: "Thief", renditions: ["aac-32k"] });
    expect([status, body.error.code]).toEqual([409, "station_exists"]);
    expect((await call("GET", "stations/taken")).body).toMatchObject({ name: "taken", renditions: ["aac-64k"] });
    expect(await incidentsOf("taken")).toEqual(["station-created"]);
  });

  it.each<[string, object, string]>([
    ["a slug with other characters", { slug: "Über" }, "slug"],
    ["a slug that means something else in a path", { slug: "healthz" }, "slug"],
    ["no name", { name: " " }, "name"],
    ["a name too long", { name: "x".repeat(101) }, "name"],
    ["a segment length that is none of ours", { framesPerSegment: 151 }, "framesPerSegment"],
    ["a rendition that cannot be", { renditions: ["mp3-128k"] }, "renditions.0"],
    ["a rendition twice", { renditions: ["aac-64k", "aac-64k"] }, "renditions"],
    ["no rendition", { renditions: [] }, "renditions"],
    ["a policy that there is not", { livePolicy: "maybe" }, "livePolicy"],
    ["a limit of silence beyond an hour", { liveSilenceSeconds: 3601 }, "liveSilenceSeconds"],
    ["a field that there is not", { generation: 7 }, ""],
  ])("is refused with %s, and says where", async (_title, parts, path) => {
    const { status, body } = await createStation("refused", parts);
    expect([status, body.error.code, body.error.details[0].path]).toEqual([422, "invalid_input", path]);
    expect((await call("GET", "stations/refused")).status).toBe(404);
  });

  it("is refused when the body is not JSON, not there, or too large", async () => {
    expect(await call("POST", "stations", "{")).toMatchObject({
      status: 400,
      body: { error: { code: "bad_request" } },
    });
    expect(await call("POST", "stations")).toMatchObject({ status: 422, body: { error: { code: "invalid_input" } } });
    const large = { slug: "large", name: "x".repeat(300_000) };
    expect(await call("POST", "stations", large)).toMatchObject({
      status: 413,
      body: { error: { code: "too_large" } },
    });
  });
});

describe("changing a station", () => {
  it("changes what is given and nothing else", async () => {
    await createStation("changing");
    const { status, body } = await call("PATCH", "stations/changing", {
      name: "New",
      renditions: ["aac-96k", "aac-48k"],
      liveSilenceSeconds: 0,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: "New",
      renditions: ["aac-96k", "aac-48k"],
      livePolicy: "auto",
      liveAllowed: true,
      liveSilenceSeconds: 0,
    });
    const { body: renamed } = await call("PATCH", "stations/changing", { name: "Newer" });
    expect(renamed).toMatchObject({ name: "Newer", liveSilenceSeconds: 0 });
    expect(await incidentsOf("changing")).toEqual(["station-changed", "station-changed", "station-created"]);
  });

  it("takes another way to its listeners, and back keeps up for a day what players hold", async () => {
    await createStation("delivered");
    const untilOf = () =>
      env.DB.prepare("select listed_until from stations where slug = 'delivered'").first<number | null>("listed_until");
    const ways: { delivery: string; until: number | null }[] = [];
    for (const delivery of ["segments", "static", "edge", "edge", "static"]) {
      const { body } = await call("PATCH", "stations/delivered", { delivery });
      ways.push({ delivery: body.delivery, until: await untilOf() });
    }
    const day = ways[2]?.until ?? 0;
    expect(Math.abs(day - Date.now() - 86_400_000)).toBeLessThan(60_000);
    expect(ways).toEqual([
      { delivery: "segments", until: null },
      { delivery: "static", until: null },
      { delivery: "edge", until: day },
      { delivery: "edge", until: day },
      { delivery: "static", until: null },
    ]);
    expect((await call("PATCH", "stations/delivered", { delivery: "pigeon" })).status).toBe(422);
  });

  it("starts the live policy anew when it becomes another, and only then", async () => {
    await createStation("policy");
    expect((await call("PATCH", "stations/policy", { livePolicy: "armed" })).body.liveAllowed).toBe(false);
    await call("POST", "stations/policy/live/start");
    expect((await call("PATCH", "stations/policy", { livePolicy: "armed" })).body.liveAllowed).toBe(true);
    await call("POST", "stations/policy/live/stop");
    expect((await call("PATCH", "stations/policy", { livePolicy: "auto" })).body.liveAllowed).toBe(true);
  });

  it.each<[string, object]>([
    ["nothing to change", {}],
    ["the length of segments, on which their numbers depend", { framesPerSegment: 300 }],
    ["another slug", { slug: "other" }],
  ])("is refused with %s", async (_title, change) => {
    await createStation("fixed");
    expect((await call("PATCH", "stations/fixed", change)).status).toBe(422);
  });

  it("finds no station that there is not", async () => {
    expect(await call("PATCH", "stations/nowhere", { name: "x" })).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
    expect(await incidentsOf("nowhere")).toEqual([]);
  });
});

describe("live start and stop", () => {
  it("let a host on air and take him off, as often as they are said", async () => {
    await createStation("live-one", { livePolicy: "armed" });
    for (const allowed of [true, true, false, false]) {
      const { status, body } = await call("POST", `stations/live-one/live/${allowed ? "start" : "stop"}`);
      expect([status, body.liveAllowed]).toEqual([200, allowed]);
    }
  });

  it("find no station that there is not", async () => {
    expect((await call("POST", "stations/nowhere/live/start")).status).toBe(404);
    expect((await call("POST", "stations/nowhere/live/stop")).status).toBe(404);
  });
});

describe("listing stations", () => {
  it("goes through all of them by slug, page by page, each once", async () => {
    for (const slug of ["list-c", "list-a", "list-b"]) await createStation(slug);
    const all = (await call("GET", "stations?limit=100")).body.items.map(({ slug }: { slug: string }) => slug);
    expect(all).toEqual(all.toSorted());
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { body } = await call("GET", `stations?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(body.items.length).toBeLessThanOrEqual(2);
      paged.push(...body.items.map(({ slug }: { slug: string }) => slug));
      cursor = body.next;
    }
    expect(paged).toEqual(all);
  });

  it.each(["limit=0", "limit=101", "limit=x", "cursor=x", "cursor=WzFd"])("refuses %s", async (query) => {
    expect((await call("GET", `stations?${query}`)).status).toBe(422);
  });
});

describe("stream keys", () => {
  it("are shown once, listed without the key, and ended", async () => {
    await createStation("keyed");
    const { status, body } = await call("POST", "stations/keyed/keys", { name: "Ann" });
    expect(status).toBe(201);
    expect(body).toEqual({ id: expect.any(String), name: "Ann", key: expect.stringMatching(/^rdk_[\w-]{43}$/) });
    const listed = await call("GET", "stations/keyed/keys");
    expect(listed.body).toEqual({ items: [{ id: body.id, name: "Ann", createdAt: expect.any(Number) }], next: null });
    expect((await call("DELETE", `stations/keyed/keys/${body.id}`)).status).toBe(204);
    expect((await call("GET", "stations/keyed/keys")).body.items).toEqual([]);
    expect((await call("DELETE", `stations/keyed/keys/${body.id}`)).status).toBe(404);
    expect(await incidentsOf("keyed")).toEqual(["key-revoked", "key-created", "station-created"]);
  });

  it("are refused without a name, and for a station that there is not", async () => {
    await createStation("keyed-2");
    expect((await call("POST", "stations/keyed-2/keys", { name: "" })).status).toBe(422);
    expect((await call("POST", "stations/nowhere/keys", { name: "Ann" })).status).toBe(404);
    expect((await call("GET", "stations/nowhere/keys")).status).toBe(404);
  });

  it("are a hundred at most", async () => {
    await createStation("crowded");
    await env.DB.prepare(
      "with recursive n(i) as (select 1 union all select i + 1 from n where i < 99) insert into stream_keys select 'key-' || i, 'crowded', 'host', lower(hex(randomblob(32))), 0 from n",
    ).run();
    expect((await call("POST", "stations/crowded/keys", { name: "the hundredth" })).status).toBe(201);
    expect(await call("POST", "stations/crowded/keys", { name: "one more" })).toMatchObject({
      status: 409,
      body: { error: { code: "too_many_keys" } },
    });
  });
});

describe("a station that is on air", () => {
  let origin: TestOrigin;
  let other: TestOrigin;
  const report = (parts: Partial<StationReport>) =>
    StationReport.parse({
      slug: "on-air",
      roles: ["studio"],
      generation: 1,
      source: null,
      sliced: null,
      published: null,
      queued: 0,
      live: null,
      ...parts,
    });

  beforeAll(async () => {
    await createStation("on-air");
    const token = await makeEnrolmentToken();
    origin = await enrol("origin-1", token);
    other = await enrol("origin-2", token);
  });

  it("says what is on, which host is there, and where hosts may publish to", async () => {
    await origin.beat({ stations: [report({ source: "live" })] });
    await other.beat({ stations: [report({ live: { keyId: "k", name: "Ann", onAir: true } })] });
    expect((await call("GET", "stations/on-air")).body).toMatchObject({
      studio: "origin-1",
      generation: 1,
      source: "live",
      live: { origin: "origin-2", keyId: "k", name: "Ann", onAir: true },
      ingest: [
        { origin: "origin-1", url: "rtmp://origin-1.example:1935/live/on-air" },
        { origin: "origin-2", url: "rtmp://origin-2.example:1935/live/on-air" },
      ],
    });
  });

  it("tells the origins of a new key, of live start and stop, and of its end, with the next heartbeat", async () => {
    const desired = async () => {
      const { body } = await origin.beat();
      return body.desired.stations.find(({ slug }: { slug: string }) => slug === "on-air");
    };
    const { body: key } = await call("POST", "stations/on-air/keys", { name: "Ann" });
    await call("POST", "stations/on-air/live/stop");
    const told = await desired();
    expect(told.keys).toEqual([{ id: key.id, name: "Ann", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(JSON.stringify(told)).not.toContain(key.key);
    expect(told.liveAllowed).toBe(false);
    expect(told.liveSilenceSeconds).toBe(15);
    await call("PATCH", "stations/on-air", { liveSilenceSeconds: 60 });
    expect((await desired()).liveSilenceSeconds).toBe(60);

    expect((await call("DELETE", "stations/on-air")).status).toBe(204);
    expect(await desired()).toBeUndefined();
    expect((await call("GET", "routing")).body.stations).not.toHaveProperty("on-air");
    expect((await call("GET", "stations/on-air")).status).toBe(404);
    expect((await call("DELETE", "stations/on-air")).status).toBe(404);
  });

  it("goes on counting generations when it was deleted and returns, with nothing else of its past", async () => {
    const { body } = await createStation("on-air", { name: "Again" });
    expect(body).toMatchObject({ name: "Again", generation: 2, studio: expect.any(String) });
    expect((await call("GET", "stations/on-air/keys")).body.items).toEqual([]);
    expect((await call("GET", "routing")).body.stations["on-air"]).toMatchObject({ name: "Again", generation: 2 });
  });
});
