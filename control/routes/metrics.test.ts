import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { CONTENT_TYPE } from "../../kit/metrics/exposition.ts";
import { seriesOf } from "../../kit/metrics/metric.ts";
import { readOpenMetrics } from "../../kit/metrics/test-openmetrics.ts";
import { CONTROL_METRICS } from "../metrics/catalogue.ts";
import { familiesOfFleet } from "../metrics/of-fleet.ts";
import { ADMIN, call, createStation, enrol, makeEnrolmentToken, sweep } from "./test-client.ts";

let token: string;
let enrolment: string;

async function read(accept: string, bearer = token) {
  const response = await exports.default.fetch("https://control.example/metrics", {
    headers: { Authorization: `Bearer ${bearer}`, Accept: accept },
  });
  return { status: response.status, type: response.headers.get("Content-Type"), text: await response.text() };
}

async function families() {
  const { text } = await read("application/openmetrics-text;version=1.0.0");
  const found = readOpenMetrics(text);
  return (name: string, labels: object = {}) =>
    found.get(name)?.samples.find((each) => expect.objectContaining(labels).asymmetricMatch(each.labels))?.value;
}

beforeAll(async () => {
  token = (await call("POST", "tokens", { kind: "metrics", name: "prometheus" })).body.token;
  enrolment = await makeEnrolmentToken();
});

describe("Control's metrics", () => {
  it("tell of the fleet what the monitor and D1 know, as OpenMetrics by the letter", async () => {
    await createStation("demo");
    await call("PUT", "stations/demo/rules", { seed: "one" });
    const origin = await enrol("origin-1", enrolment);
    const beat = {
      slug: "demo",
      roles: ["studio" as const, "slicer" as const],
      generation: 1,
      source: "show" as const,
    };
    await origin.beat({ stations: [{ ...beat, sliced: null, published: null, queued: 0, live: null }] });
    await sweep();
    await expect.poll(async () => (await families())("radiodream_station_studio", { origin: "origin-1" })).toBe(1);
    const measured = await families();
    expect(measured("radiodream_monitor_up")).toBe(1);
    expect(measured("radiodream_database_up")).toBe(1);
    expect(measured("radiodream_origin_heartbeat_age_seconds", { origin: "origin-1" })).toBeLessThan(10);
    expect(measured("radiodream_origin_state", { origin: "origin-1", state: "failed" })).toBe(0);
    expect(measured("radiodream_station_source", { station: "demo", source: "show" })).toBe(1);
    expect(measured("radiodream_station_slicers", { station: "demo" })).toBe(1);
    expect(measured("radiodream_alerts_open", { kind: "fleet-silent", severity: "critical" })).toBe(0);
    expect(measured("radiodream_incidents_last_hour", { kind: "station-created" })).toBeGreaterThanOrEqual(1);
    expect(measured("radiodream_jobs_open", { state: "waiting" })).toBe(0);
    expect(measured("radiodream_plan_trying_seconds", { station: "demo" })).toBe(0);
  });

  it("count what is wrong: an open alert, and a plan that cannot be published", async () => {
    await createStation("troubled");
    const since = Date.now() - 300_000;
    await env.DB.prepare(
      "insert into plans (station, version, revision, seen, trying_since) values ('troubled', 1, 2, 1, ?)",
    )
      .bind(since)
      .run();
    await env.DB.prepare(
      `insert into alerts (id, key, kind, severity, what, since, raised_at, step, stepped_at)
       values ('a', 'clock-off//x', 'clock-off', 'warning', '', 1, 1, 0, 1)`,
    ).run();
    const measured = await families();
    expect(measured("radiodream_plan_trying_seconds", { station: "troubled" })).toBeGreaterThanOrEqual(300);
    expect(measured("radiodream_alerts_open", { kind: "clock-off" })).toBe(1);
    expect(measured("radiodream_alerts_unacknowledged", { severity: "warning" })).toBe(1);
  });

  it("are plain text for who knows no better, and none but those of the catalogue", async () => {
    const { type, text } = await read("*/*");
    expect(type).toBe(CONTENT_TYPE.text);
    const known = Object.values(CONTROL_METRICS).flatMap(seriesOf);
    expect((text.match(/^[a-z_]+(?=[{ ])/gm) ?? []).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("say that the monitor is away when it is", () => {
    expect(familiesOfFleet(null)).toMatchObject([
      { metric: { name: "radiodream_monitor_up" }, samples: [{ value: 0 }] },
    ]);
  });

  it.each([
    ["nobody", () => "nonsense", 401],
    ["an origin's enrolment token", () => enrolment, 403],
    ["an admin", () => ADMIN, 200],
    ["the token of a metrics reader", () => token, 200],
  ])("are told to %s: %s", async (_, bearer, status) => {
    expect((await read("*/*", bearer())).status).toBe(status);
  });

  it.each([
    ["GET", "stations"],
    ["POST", "tokens"],
    ["GET", "diagnosis"],
    ["POST", "origins/origin-1/evict"],
  ])("are all that their token opens: not %s %s", async (method, path) => {
    expect((await call(method, path, method === "POST" ? {} : undefined, token)).status).toBe(403);
  });
});
