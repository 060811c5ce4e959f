import { describe, expect, it } from "vitest";
import type { StationReport } from "../../contracts/fleet.ts";
import { GROUND } from "../agent/ladder.ts";
import type { RungName } from "../agent/rungs.ts";
import { healthRoutes } from "./health.ts";

const report: StationReport = {
  slug: "demo",
  roles: ["slicer"],
  generation: 4,
  source: null,
  sliced: 100,
  published: 99,
  queued: 0,
  heardMs: 1500,
  live: null,
};

function node(rung: RungName, serving: boolean) {
  return healthRoutes({
    originId: "origin-1",
    stations: { report: () => [report] },
    agent: { controlSilentMs: () => 700 },
    ladder: { standing: () => ({ ...GROUND, rung, serving, detail: serving ? "" : "the disk is full" }) },
  });
}

describe("The node's health", () => {
  it("is good while it serves", async () => {
    const response = await node("well", true).request("/healthz");
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ ok: true, origin: "origin-1", rung: "well", controlSilentMs: 700 });
  });

  it("is bad when its ladder has given up, with the reason", async () => {
    const response = await node("report", false).request("/healthz");
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ ok: false, rung: "report", detail: "the disk is full" });
  });
});
