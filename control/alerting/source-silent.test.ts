import { expect, it } from "vitest";
import { call, createStation, enrol, makeEnrolmentToken, sweep } from "../routes/test-client.ts";

it("a host's silence that an origin reports raises an alert, and its end resolves it", async () => {
  await createStation("quiet");
  const origin = await enrol("origin-1", await makeEnrolmentToken());
  const report = async (kind: string, message: string) => {
    const incident = { id: crypto.randomUUID(), at: Date.now(), kind, station: "quiet", message };
    expect((await origin.beat({ incidents: [incident] })).status).toBe(200);
  };
  const alerts = async () => {
    await sweep();
    return (await call("GET", "alerts?station=quiet")).body.items;
  };

  await report("source-silent", "Ada: connected, and silent for 15 s or more");
  const raised = { kind: "source-silent", severity: "warning", what: "Ada: connected, and silent for 15 s or more" };
  await expect.poll(alerts, { timeout: 10_000 }).toMatchObject([{ ...raised, resolvedAt: null }]);
  await report("source-heard", "Ada: heard again");
  await expect.poll(alerts, { timeout: 10_000 }).toMatchObject([{ ...raised, resolvedAt: expect.any(Number) }]);
});
