import { beforeAll, describe, expect, it } from "vitest";
import { call, createStation, enrol, makeEnrolmentToken, type TestOrigin } from "./test-client.ts";

const fleet: TestOrigin[] = [];
const start = (parts: object) => call("POST", "upgrades", parts);
const codeOf = ({ status, body }: Awaited<ReturnType<typeof call>>) => [status, body.error?.code];

beforeAll(async () => {
  await createStation("demo");
  const enrolment = await makeEnrolmentToken();
  for (const id of ["origin-1", "origin-2"]) fleet.push(await enrol(id, enrolment));
});

describe("an upgrade over the API", () => {
  it("is begun, read, listed, paused, resumed and cancelled, with its story; there is one at a time", async () => {
    const { status, body } = await start({ version: "2.0.0", origins: ["origin-2", "origin-1"] });
    expect(status).toBe(201);
    expect(body).toMatchObject({ state: "running", createdBy: expect.stringContaining("admin"), settleMs: 30_000 });
    expect(body).not.toHaveProperty("open");
    expect(body.steps).toMatchObject([
      { origin: "origin-2", phase: "waiting", fromVersion: "test", toVersion: "2.0.0", toImage: null },
      { origin: "origin-1", phase: "waiting" },
    ]);
    expect(codeOf(await start({ version: "3.0.0" }))).toEqual([409, "upgrade_open"]);
    const change = async (what: string) => (await call("POST", `upgrades/${body.id}/${what}`)).body.state;
    expect([await change("pause"), await change("resume"), await change("cancel")]).toEqual([
      "paused",
      "running",
      "cancelled",
    ]);
    const told = (await call("GET", `upgrades/${body.id}`)).body.story.map(({ kind }: { kind: string }) => kind);
    expect(told).toEqual(["upgrade-began", "upgrade-paused", "upgrade-resumed", "upgrade-cancelled"]);
    expect((await call("GET", "upgrades")).body).toMatchObject({ items: [{ id: body.id }], next: null });
    expect(codeOf(await call("POST", `upgrades/${body.id}/cancel`))).toEqual([409, "wrong_state"]);
    expect(codeOf(await call("POST", `upgrades/${body.id}/rollback`))).toEqual([409, "nothing_replaced"]);
  });

  it.each<[string, object, number, string]>([
    ["without release and image", {}, 422, "invalid_input"],
    ["with an image that is no name", { image: "; rm -rf" }, 422, "invalid_input"],
    ["of an origin that there is not", { version: "2", origins: ["nobody"] }, 422, "unknown_origin"],
  ])("is refused %s", async (_what, parts, status, code) => {
    expect(codeOf(await start(parts))).toEqual([status, code]);
  });

  it("is for admins alone, and is found by its own id", async () => {
    const asOrigin = await call("POST", "upgrades", { version: "2.0.0" }, fleet[0]?.token);
    expect(codeOf(asOrigin)).toEqual([403, "forbidden"]);
    expect(codeOf(await call("GET", `upgrades/${crypto.randomUUID()}`))).toEqual([404, "not_found"]);
  });
});
