import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import control from "../main.ts";
import { ADMIN, call, createStation, makeEnrolmentToken } from "./test-client.ts";

async function cron(): Promise<void> {
  const context = createExecutionContext();
  await control.scheduled(createScheduledController({ cron: "* * * * *" }), env);
  await waitOnExecutionContext(context);
}

describe("control's diagnosis", () => {
  it("tells what cannot be seen from outside", async () => {
    await makeEnrolmentToken();
    await cron();
    const { status, body } = await call("GET", "diagnosis");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      media: { ok: true },
      segments: { ok: true },
      stalePlans: [],
      alerts: { channels: [], settings: { ok: true }, contacts: 0 },
      tokens: { admin: 0, enrolment: 1, bootstrap: { admin: ADMIN !== "", enrolment: false } },
    });
    expect(body.migrations[0]).toBe("0000_registry.sql");
    expect(body.monitor.cronAgoMs).toBeLessThan(10_000);
    expect(body.monitor.alarmInMs).toBeLessThan(2000);
    expect(await env.MEDIA.head("diagnosis/probe")).toBeNull();
  });

  it("names a station whose plan could not be published for minutes", async () => {
    await createStation("late");
    const plan = "insert into plans (station, version, revision, seen, built_at, trying_since, failure) values";
    await env.DB.prepare(`${plan} ('late', 1, 2, 1, ?1, ?1, 'R2 is away')`)
      .bind(Date.now() - 600_000)
      .run();
    const { body } = await call("GET", "diagnosis");
    expect(body.stalePlans).toEqual([expect.objectContaining({ station: "late", failure: "R2 is away" })]);
  });

  it("is for admins alone, and holds no secret", async () => {
    expect((await call("GET", "diagnosis", undefined, null)).status).toBe(401);
    const enrolment = await makeEnrolmentToken();
    expect((await call("GET", "diagnosis", undefined, enrolment)).status).toBe(403);
    expect(JSON.stringify((await call("GET", "diagnosis")).body)).not.toContain(ADMIN);
  });
});
