import { asc, eq } from "drizzle-orm";
import type { OriginState, Role } from "../../contracts/fleet.ts";
import type { OriginId } from "../../contracts/names.ts";
import type { Context } from "../context.ts";
import { origins } from "../db/schema.ts";
import { notFound } from "../refusal.ts";

export type StoredOrigin = {
  id: OriginId;
  state: OriginState;
  stateSince: number;
  held: boolean;
  tries: number;
  evictions: number;
  evictedAt: number | null;
  activeSince: number | null;
  weight: number;
  roles: Role[];
  url: string;
  rtmpUrl: string;
  version: string;
  wire: number;
  image: string | null;
  instance: string;
  createdAt: number;
  registeredAt: number;
};

const COLUMNS = {
  id: origins.id,
  state: origins.state,
  stateSince: origins.stateSince,
  held: origins.held,
  tries: origins.tries,
  evictions: origins.evictions,
  evictedAt: origins.evictedAt,
  activeSince: origins.activeSince,
  weight: origins.weight,
  roles: origins.roles,
  url: origins.url,
  rtmpUrl: origins.rtmpUrl,
  version: origins.version,
  wire: origins.wire,
  image: origins.image,
  instance: origins.instance,
  createdAt: origins.createdAt,
  registeredAt: origins.registeredAt,
};

/** All origins by id; the registry's limit bounds them. */
export function listOrigins({ db }: Context): Promise<StoredOrigin[]> {
  return db.select(COLUMNS).from(origins).orderBy(asc(origins.id));
}

export async function readOrigin({ db }: Context, id: OriginId): Promise<StoredOrigin> {
  const [origin] = await db.select(COLUMNS).from(origins).where(eq(origins.id, id));
  if (!origin) throw notFound(`origin ${id}`);
  return origin;
}
