import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../db/database.ts";
import { settings } from "../db/schema.ts";
import { DEFAULT_HEALTH_POLICY } from "../health/health-policy.ts";
import { call } from "./test-client.ts";

const db = openDatabase(env.DB);

beforeEach(async () => {
  await db.delete(settings);
});

describe("the health policy", () => {
  it("is the default until something of it is set, and then the rest still is", async () => {
    expect((await call("GET", "policy")).body).toEqual(DEFAULT_HEALTH_POLICY);
    expect((await call("PATCH", "policy", { proofSegments: 3 })).body).toEqual({
      ...DEFAULT_HEALTH_POLICY,
      proofSegments: 3,
    });
    await call("PATCH", "policy", { rampMs: 0 });
    expect((await call("GET", "policy")).body).toEqual({ ...DEFAULT_HEALTH_POLICY, proofSegments: 3, rampMs: 0 });
  });

  it("says who set what", async () => {
    await call("PATCH", "policy", { tries: 2 });
    expect((await call("GET", "incidents?limit=1")).body.items).toMatchObject([
      { kind: "policy-changed", actor: "admin bootstrap", message: 'changed: {"tries":2}' },
    ]);
  });

  it.each([{}, { proofSegments: 0 }, { evictShare: 1.1 }, { graceMs: -1 }, { lastRungs: "leave" }, { unheardOf: 1 }])(
    "is not set to %j",
    async (change) => {
      expect((await call("PATCH", "policy", change)).status).toBe(422);
      expect((await call("GET", "policy")).body).toEqual(DEFAULT_HEALTH_POLICY);
    },
  );

  it("survives a stored value that this control does not understand", async () => {
    const value = { proofSegments: "many", fromTheFuture: 1, tries: 4 };
    await db.insert(settings).values({ name: "health-policy", value, updatedAt: 0 });
    expect((await call("GET", "policy")).body).toEqual({ ...DEFAULT_HEALTH_POLICY, tries: 4 });
  });
});
