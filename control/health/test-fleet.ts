import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { ROUTING_KEY } from "../../contracts/routing.ts";
import { createLog } from "../../kit/log.ts";
import { sha256Of } from "../auth/hash.ts";
import { type Database, openDatabase } from "../db/database.ts";
import {
  evictionSteps,
  incidents,
  origins,
  publications,
  renditions,
  settings,
  slicers,
  stations,
  streamKeys,
  tokens,
  upgradeSteps,
  upgrades,
} from "../db/schema.ts";
import { createStation } from "../registry/create-station.ts";
import { registerOrigin } from "../registry/register-origin.ts";
import type { Cdn } from "./cdn.ts";
import { type EdgeEyes, noEyes } from "./edge-eyes.ts";
import { Fleet, type FleetDependencies } from "./fleet.ts";
import { createOutbox } from "./outbox.ts";
import { noProvisioner, type Provisioner } from "./provisioner.ts";

/** A fleet with real storage of every kind, whose D1 and R2 can be broken, and whose clock stands still until told. */
export type TestFleet = {
  fleet: Fleet;
  /** Never broken. */
  db: Database;
  clock: { now(): number; monotonic(): number; advance(ms: number): void };
  database: Breakable;
  bucket: Breakable;
  lines: string[];
  cdn: Cdn;
  eyes: EdgeEyes;
  provisioner: Provisioner;
  /** The same fleet after its object was evicted: nothing is left but what is stored. */
  restart(): Fleet;
  /** Enrols a node and admits it, as if it had proved itself. */
  register(id: string, parts?: object): Promise<TestNode>;
  /** Enrols a node that has yet to prove itself. */
  enrol(id: string, parts?: object): Promise<TestNode>;
};

export type TestNode = { token: string; hash: string; instance: string };

/** `failing` names the one call that fails while the others work. */
export type Breakable = { broken: boolean; failing: string | null; calls: number };

let made = 0;

export function withFleet(test: (world: TestFleet) => Promise<void>): () => Promise<void> {
  return async () => {
    made += 1;
    const stub = env.MONITOR.getByName(`test-${made}`);
    await runInDurableObject(stub, async (_monitor, state) => {
      const db = openDatabase(env.DB);
      await clear(db);
      await test(makeWorld(db, state.storage));
    });
  };
}

function makeWorld(db: Database, storage: DurableObjectStorage): TestFleet {
  let ms = 1_800_000_000_000;
  const clock = {
    now: () => ms,
    monotonic: () => ms - 1_700_000_000_000,
    advance: (by: number) => {
      ms += by;
    },
  };
  const database: Breakable = { broken: false, failing: null, calls: 0 };
  const bucket: Breakable = { broken: false, failing: null, calls: 0 };
  const lines: string[] = [];
  const deps: FleetDependencies = {
    db: openDatabase(breakable(env.DB, database, "D1")),
    bucket: breakable(env.MEDIA, bucket, "R2"),
    outbox: createOutbox(storage),
    cdn: { tell: null, purge: null },
    eyes: { look: (stations) => world.eyes.look(stations), newest: (...of) => world.eyes.newest(...of) },
    provisioner: { recreate: (node) => world.provisioner.recreate(node) },
    clock,
    log: createLog({ write: (line) => lines.push(line) }),
  };
  const context = { db, clock, log: deps.log, actor: "tests" };
  const world: TestFleet = {
    fleet: new Fleet(deps),
    db,
    clock,
    database,
    bucket,
    lines,
    cdn: deps.cdn,
    eyes: noEyes,
    provisioner: noProvisioner,
    restart: () => {
      world.fleet = new Fleet(deps);
      return world.fleet;
    },
    register: async (id, parts = {}) => {
      const node = await world.enrol(id, parts);
      await db.update(origins).set({ state: "active" }).where(eq(origins.id, id));
      await world.fleet.refresh();
      return node;
    },
    enrol: async (id, parts = {}) => {
      const instance = crypto.randomUUID();
      const registration = {
        id,
        instance,
        url: `http://${id}.example`,
        rtmpUrl: `rtmp://${id}.example`,
        roles: ["studio" as const, "slicer" as const],
        version: "test",
        generations: {},
        ...parts,
      };
      const token = await registerOrigin(context, { kind: "enrolment", name: "t" }, registration, async () =>
        world.fleet.silentMs(id),
      );
      await world.fleet.admit(id);
      return { token: token ?? "", hash: await sha256Of(token ?? ""), instance: registration.instance };
    },
  };
  return world;
}

export const addStation = (world: TestFleet, slug: string) =>
  createStation(
    { db: world.db, clock: world.clock, log: createLog({ write: () => {} }), actor: "tests" },
    { slug, name: slug },
  );

export async function stationIn(db: Database, slug: string) {
  const station = await db.query.stations.findFirst({ where: eq(stations.slug, slug) });
  if (!station) throw new Error(`no station ${slug}`);
  return station;
}

async function clear(db: Database): Promise<void> {
  const stationTables = [slicers, renditions, streamKeys, stations];
  for (const table of [
    upgradeSteps,
    upgrades,
    ...stationTables,
    evictionSteps,
    origins,
    tokens,
    incidents,
    publications,
    settings,
  ]) {
    await db.delete(table);
  }
  await env.MEDIA.delete(ROUTING_KEY);
}

function breakable<T extends object>(target: T, state: Breakable, name: string): T {
  return new Proxy(target, {
    get(_target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        state.calls += 1;
        if (state.broken || state.failing === key) throw new Error(`${name} is down`);
        return member.apply(target, args);
      };
    },
  });
}
