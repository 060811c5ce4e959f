import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { Failure } from "../../contracts/failure.ts";
import { knownSeries } from "../../dev/monitoring/series.ts";
import { type ReadFamily, readOpenMetrics } from "../../kit/metrics/test-openmetrics.ts";
import { STATION, type Stack, startStack } from "../harness/stack.ts";
import { studioOf } from "../harness/station.ts";

const METRICS_TOKEN = "a-token-for-metrics-alone";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SOON = { timeout: 20_000, interval: 250 };

const Line = z.looseObject({
  message: z.string(),
  trace: z.string().optional(),
  part: z.string().optional(),
  method: z.string().optional(),
  path: z.string().optional(),
  status: z.number().optional(),
});
type Line = z.infer<typeof Line>;

describe("a radio that is watched", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ env: { LOG_LEVEL: "debug", METRICS_TOKEN, RESTART: "never" } });
    // What is not planned has no plan to measure.
    expect((await stack.request("PUT", `/api/v1/stations/${STATION}/rules`, { seed: "watched" })).status).toBe(200);
  });
  afterAll(() => stack.stop());

  async function linesOf(name: string): Promise<Line[]> {
    const texts = (await stack.log(name)).split("\n").filter((text) => text.startsWith("{"));
    return texts.map((text) => Line.parse(JSON.parse(text)));
  }

  /** The line of the Workers that bears the trace of what an origin has called. */
  async function answerTo(called: (line: Line) => boolean): Promise<Line> {
    return vi.waitFor(async () => {
      const asked = (await linesOf("origin-1")).find((line) => line.message === "called" && called(line));
      expect(asked?.trace).toMatch(/^[0-9a-f]{32}$/);
      const answered = (await linesOf("workers")).find(
        ({ message, trace }) => message === "answered" && trace === asked?.trace,
      );
      if (answered === undefined) throw new Error(`nobody has answered ${JSON.stringify(asked)}`);
      return answered;
    }, SOON);
  }

  it("has one id for an upload on the origin and at the edge", async () => {
    const isSegment = ({ method, path = "" }: Line) => method === "PUT" && /aac-48k\/\d+\.ts$/.test(path);
    expect(await answerTo(isSegment)).toMatchObject({ part: "edge", method: "PUT", status: 204 });
  });

  it("has one id for a heartbeat on the origin and in control", async () => {
    const isBeat = ({ path }: Line) => path === "/api/v1/origins/origin-1/heartbeat";
    expect(await answerTo(isBeat)).toMatchObject({ part: "api", method: "POST", status: 200 });
  });

  it("goes on with an id from outside, on every one of the three, and tells it in the answer", async () => {
    const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
    const { httpUrl } = await studioOf(stack);
    const asked = [
      `${httpUrl}/${STATION}/none/live.m3u8`,
      `${stack.edgeUrl}/origin/v1/${STATION}/plan.json`,
      `${stack.controlUrl}/api/v1/stations/none`,
    ];
    for (const url of asked) {
      const headers = { traceparent, authorization: `Bearer ${stack.adminToken}` };
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(5000) });
      expect(response.headers.get("traceresponse"), url).toMatch(new RegExp(`^00-${TRACE}-`));
      expect(response.status, url).toBeGreaterThanOrEqual(400);
      const { error } = Failure.parse(await response.json());
      if (!url.startsWith(httpUrl)) expect(error.trace, url).toBe(TRACE);
    }
    await vi.waitFor(async () => {
      const lines = [...(await linesOf("workers")), ...(await linesOf((await studioOf(stack)).id))];
      expect(lines.filter(({ trace }) => trace === TRACE)).toHaveLength(asked.length);
    }, SOON);
  });

  it("tells its figures, whole, with what the dashboard and the rules ask for", async () => {
    const read = async (url: string): Promise<ReadFamily[]> => {
      const accept = "application/openmetrics-text;version=1.0.0";
      const headers = { accept, authorization: `Bearer ${METRICS_TOKEN}` };
      const response = await fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(5000) });
      return [...readOpenMetrics(await response.text()).values()];
    };
    const studio = await studioOf(stack);
    await vi.waitFor(async () => {
      const families = [...(await read(studio.httpUrl)), ...(await read(stack.controlUrl))];
      const told = new Set(families.flatMap(({ samples }) => samples.map(({ series }) => series)));
      // No host, no relay and no incident here; a limit of memory and of time is the container's.
      const onlySometimes = /^up$|_live_buffer_|_relay_|_memory_(?:used|limit)|_incidents_total|_cron_age_/;
      expect([...knownSeries().keys()].filter((name) => !told.has(name) && !onlySometimes.test(name))).toEqual([]);
      const measured = (name: string) => families.find((family) => family.name === name)?.samples[0]?.value ?? 0;
      expect(measured("radiodream_programme_frames")).toBeGreaterThan(100);
      expect(measured("radiodream_segments_uploaded")).toBeGreaterThan(0);
    }, SOON);
    expect((await fetch(`${studio.httpUrl}/metrics`)).status).toBe(401);
  });
});
