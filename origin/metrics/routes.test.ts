import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { StationReport } from "../../contracts/fleet.ts";
import { Histogram } from "../../kit/metrics/histogram.ts";
import { seriesOf } from "../../kit/metrics/metric.ts";
import { readOpenMetrics } from "../../kit/metrics/test-openmetrics.ts";
import { GROUND } from "../agent/ladder.ts";
import type { StationFigures } from "../station/figures.ts";
import type { Station } from "../station/station.ts";
import { ORIGIN_METRICS } from "./catalogue.ts";
import { type MetricsOptions, metricsRoutes } from "./routes.ts";

const report: StationReport = {
  slug: "demo",
  roles: ["studio", "slicer"],
  generation: 4,
  source: "relay",
  sliced: 100,
  published: 99,
  queued: 1,
  heardMs: 1500,
  live: { keyId: "1", name: "Ada", onAir: false },
  relays: [
    {
      ...{ id: "4b4a2c3e-2f0f-4f6c-8e0c-0e7b6a3d2c1b", state: "silent", detail: "secret.example", codec: null },
      ...{ bitrate: 1, title: null, silence: 0.25, uptime: null },
    },
  ],
};
const seconds = new Histogram([0.5, 1]).distribution();
const figures: StationFigures = {
  programme: { latenessMs: 40, encoderLag: { "aac-48k": 3 }, encoderRestarts: { "aac-48k": 2 }, liveBufferMs: null },
  slicing: new Map([["aac-48k", { frames: 15_000, segments: 100, lost: 1 }]]),
  slicedMs: 1200,
  publishedMs: null,
  upload: {
    ...{ uploaded: 99, dropped: 0, refused: 0, failures: { retry: 2, denied: 0, refused: 0 } },
    seconds: { segment: seconds, index: seconds },
  },
  plan: { version: 7, publishedAt: 1_800_000_000_000 },
};

function node(parts: Partial<MetricsOptions> = {}) {
  return metricsRoutes({
    version: "0.1.0",
    dataFolder: tmpdir(),
    cacheBytes: 1000,
    ladder: { standing: () => ({ ...GROUND, rung: "repair", serving: true }) },
    agent: { controlSilentMs: () => 700, clockOffsetMs: () => -20 },
    incidents: { counts: () => new Map([["publisher-refused", 2]]) },
    prepared: { held: () => [{ sha256: "a", bytes: 300, usedAt: 0 }] },
    jobs: { counts: () => ({ running: 1, ended: { prepared: 3, rejected: 0, returned: 0, lost: 0 } }) },
    eventLoop: { delays: () => seconds },
    stations: { all: () => [{ report: () => report, figures: () => figures } as Station] },
    token: null,
    isClosed: false,
    ...parts,
  });
}

const accept = (Accept: string) => ({ headers: { Accept } });

describe("A node's metrics", () => {
  it("are OpenMetrics for who prefers it, by the letter", async () => {
    const response = await node().request("/metrics", accept("application/openmetrics-text;version=1.0.0,*/*;q=0.1"));
    expect(response.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    const families = readOpenMetrics(await response.text());
    const measured = (name: string, labels: object) =>
      families.get(name)?.samples.find((each) => expect.objectContaining(labels).asymmetricMatch(each.labels))?.value;
    expect(measured("radiodream_ladder_rung", { rung: "repair" })).toBe(1);
    expect(measured("radiodream_ladder_rung", { rung: "well" })).toBe(0);
    expect(measured("radiodream_programme_silence_seconds", { station: "demo" })).toBe(1.5);
    expect(measured("radiodream_encoder_lag_seconds", { rendition: "aac-48k" })).toBe(0.064);
    expect(measured("radiodream_relay_state", { state: "silent" })).toBe(1);
    expect(measured("radiodream_segment_age_seconds", { stage: "sliced" })).toBe(1.2);
    expect(measured("radiodream_segment_age_seconds", { stage: "published" })).toBeUndefined();
  });

  it.runIf(spawnSync("promtool", ["--version"]).status === 0)("please Prometheus' own linter", async () => {
    const text = await (await node().request("/metrics")).text();
    const { stderr, stdout } = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    expect(stdout + stderr).toBe("");
  });

  it("are those of the catalogue, and nothing of them is named twice", async () => {
    const text = await (await node().request("/metrics")).text();
    const told = new Set(text.match(/^[a-z_]+(?=[{ ])/gm));
    const known = Object.values(ORIGIN_METRICS).flatMap(seriesOf);
    expect([...told].filter((name) => !known.includes(name))).toEqual([]);
    const untold = known.filter((name) => !told.has(name));
    const onlySomewhere = ["radiodream_live_buffer_seconds", "radiodream_relay_uptime_ratio", /memory_(used|limit)/];
    expect(untold.filter((name) => !onlySomewhere.some((pattern) => name.match(pattern)))).toEqual([]);
    expect(new Set(known).size).toBe(known.length);
  });

  it("name no host, no address and no token", async () => {
    const text = await (await node().request("/metrics")).text();
    expect(text).not.toMatch(/Ada|secret\.example|https?:/);
  });

  it("are told without a token, unless one is set or the node answers the edge alone", async () => {
    const token = "a-token-for-metrics";
    const statusOf = async (parts: Partial<MetricsOptions>, authorization?: string) =>
      (await node(parts).request("/metrics", { headers: authorization ? { authorization } : {} })).status;
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ isClosed: true })).toBe(403);
    expect(await statusOf({ token })).toBe(401);
    expect(await statusOf({ token }, "Bearer a-token-for-metricz")).toBe(401);
    expect(await statusOf({ token, isClosed: true }, `Bearer ${token}`)).toBe(200);
  });
});
