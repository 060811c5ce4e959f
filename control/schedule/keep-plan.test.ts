import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { planKey } from "../../contracts/plan.ts";
import { createLog } from "../../kit/log.ts";
import { allWell, makeWorld } from "../alerting/test-alerting.ts";
import { createStation } from "../registry/create-station.ts";
import type { PlanDependencies } from "./publish-plan.ts";
import { publishPlans } from "./publish-plans.ts";
import { setRotation } from "./rotation.ts";

const MINUTE = 60_000;
const log = createLog({ write: () => {} });

/** R2 that takes no plan of this station. */
function withoutPlansOf(station: string): PlanDependencies["bucket"] {
  return {
    head: env.MEDIA.head.bind(env.MEDIA),
    get: env.MEDIA.get.bind(env.MEDIA),
    put: async (key, ...rest) => {
      if (key === planKey(station)) throw new Error("R2 is away");
      return env.MEDIA.put(key, ...(rest as [string]));
    },
  } as PlanDependencies["bucket"];
}

async function kindsOf(station: string): Promise<string[]> {
  const statement = env.DB.prepare("select kind from incidents where station = ? and kind like 'plan-%' order by id");
  return (await statement.bind(station).all<{ kind: string }>()).results.map(({ kind }) => kind);
}

async function setUp(station: string) {
  const world = await makeWorld();
  const context = { db: world.db, clock: { now: world.now, monotonic: world.now }, log, actor: "admin test" };
  await createStation(context, { slug: station, name: station });
  await setRotation(context, station, { seed: "one" });
  const deps = { ...context, bucket: env.MEDIA };
  await publishPlans(deps);
  const alert = async () => {
    await world.sweep(allWell);
    return (await world.stored()).find((stored) => stored.kind === "plan-unpublished" && stored.station === station);
  };
  return { world, context, deps, alert };
}

it("a plan that cannot be published is one incident and one alert, which is over when it is published", async () => {
  const { world, context, deps, alert } = await setUp("unlucky");
  await setRotation(context, "unlucky", { seed: "two" });
  for (let minute = 0; minute < 2; minute++) {
    await publishPlans({ ...deps, bucket: withoutPlansOf("unlucky") });
    expect(await alert()).toBeUndefined();
    world.advance(MINUTE);
  }
  world.advance(MINUTE);
  await publishPlans({ ...deps, bucket: withoutPlansOf("unlucky") });
  expect(await alert()).toMatchObject({ severity: "warning", what: expect.stringContaining("R2 is away") });
  expect(await kindsOf("unlucky")).toEqual(["plan-unpublished"]);

  await publishPlans(deps);
  await world.sweep(allWell, 2 * MINUTE);
  expect(await alert()).toMatchObject({ resolvedAt: expect.any(Number) });
  expect(await kindsOf("unlucky")).toEqual(["plan-unpublished", "plan-published"]);
});

it("a plan that is too much for the Worker, which ends without a word, is told of too and starves no other", async () => {
  const { world, context, deps, alert } = await setUp("heavy");
  await setRotation(context, "heavy", { seed: "two" });
  const killed = new Promise<never>(() => {});
  const hanging = { ...deps.bucket, head: () => killed } as unknown as PlanDependencies["bucket"];
  void publishPlans({ ...deps, bucket: hanging });
  const tried = env.DB.prepare("select trying_since from plans where station = 'heavy' and trying_since is not null");
  await expect.poll(() => tried.first()).not.toBeNull();
  world.advance(4 * MINUTE);
  expect(await alert()).toMatchObject({ what: expect.stringContaining("without a word") });

  await createStation(context, { slug: "light", name: "light" });
  await setRotation(context, "light", { seed: "two" });
  void publishPlans({ ...deps, bucket: { ...withoutPlansOf("none"), head: headUnless("heavy", killed) } });
  await expect.poll(async () => (await env.MEDIA.head(planKey("light")))?.key).toBe(planKey("light"));
});

function headUnless(station: string, never: Promise<never>): PlanDependencies["bucket"]["head"] {
  return async (key) => (key === planKey(station) ? never : env.MEDIA.head(key));
}
