import { z } from "zod";
import { OriginState, Role } from "../../contracts/fleet.ts";
import { ask, askJson, type Told } from "./ask.ts";
import { gatherWeb, type WebFacts } from "./gather-edge.ts";

/** What is asked of control. Whatever a later release tells beside it is not looked at. */

const ControlSelf = z.object({
  status: z.string(),
  soundSweepAgoMs: z.number().nullable().optional(),
  release: z.string().optional(),
  wire: z.int().optional(),
});

const Sound = z.object({ ok: z.boolean(), error: z.string().optional() });
const Diagnosis = z.object({
  now: z.number(),
  migrations: z.array(z.string()),
  media: Sound,
  segments: Sound.nullable(),
  stalePlans: z.array(
    z.object({ station: z.string(), builtAt: z.number().nullable(), failure: z.string().nullable() }),
  ),
  monitor: z.object({
    upMs: z.number(),
    soundSweepAgoMs: z.number().nullable(),
    alarmInMs: z.number().nullable(),
    cronAgoMs: z.number().nullable(),
  }),
  alerts: z.object({ channels: z.array(z.string()), settings: Sound, contacts: z.number() }),
  tokens: z.object({
    admin: z.number(),
    enrolment: z.number(),
    bootstrap: z.object({ admin: z.boolean(), enrolment: z.boolean() }),
  }),
  edgeUrl: z.string().nullable(),
});
export type Diagnosis = z.infer<typeof Diagnosis>;

const Station = z.object({
  slug: z.string(),
  framesPerSegment: z.int(),
  renditions: z.array(z.string()),
  studio: z.string().nullable(),
  source: z.string().nullable(),
});
export type RegisteredStation = z.infer<typeof Station>;

const Origin = z.object({
  id: z.string(),
  state: OriginState,
  held: z.boolean(),
  weight: z.number(),
  roles: z.array(Role),
  url: z.string(),
  rtmpUrl: z.string(),
  version: z.string(),
  wire: z.int().optional(),
  heard: z
    .object({
      silentMs: z.number(),
      rung: z.string().nullable(),
      rungDetail: z.string().nullable(),
      clockOffMs: z.number().nullable(),
    })
    .nullable(),
});
export type RegisteredOrigin = z.infer<typeof Origin>;

const Routing = z.object({
  version: z.int(),
  publishedAt: z.number(),
  stations: z.record(
    z.string(),
    z.object({ studio: z.string().nullable(), slicers: z.array(z.object({ origin: z.string(), weight: z.number() })) }),
  ),
});
export type PublishedRouting = z.infer<typeof Routing>;

const Alert = z.object({
  kind: z.string(),
  severity: z.string(),
  station: z.string().nullable(),
  origin: z.string().nullable(),
  what: z.string(),
  toDo: z.string().nullable(),
});
export type OpenAlert = z.infer<typeof Alert>;

const pageOf = <T>(item: z.ZodType<T>) => z.object({ items: z.array(item), next: z.string().nullable() });

export type ControlFacts = {
  url: string;
  web: WebFacts;
  self: Told<z.infer<typeof ControlSelf>>;
  /** Any of control's own answers to the token. */
  diagnosis: Told<Diagnosis>;
  askedAt: number;
  stations: RegisteredStation[] | null;
  origins: RegisteredOrigin[] | null;
  routing: Told<PublishedRouting>;
  alerts: OpenAlert[] | null;
};

const PAGES = 20;

/** A token of an admin; and, where Cloudflare Access stands before control, a service token of its own. */
export type Credentials = { token: string; access: { id: string; secret: string } | null };

export async function gatherControl(url: string, { token, access }: Credentials): Promise<ControlFacts> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (access) Object.assign(headers, { "cf-access-client-id": access.id, "cf-access-client-secret": access.secret });
  const read = <T>(path: string, schema: z.ZodType<T>) => askJson(`${url}/api/v1${path}`, schema, { headers });
  const list = async <T>(path: string, item: z.ZodType<T>): Promise<T[] | null> => {
    const items: T[] = [];
    let cursor = "";
    for (let page = 0; page < PAGES; page += 1) {
      const told = await read(`${path}${path.includes("?") ? "&" : "?"}limit=100${cursor}`, pageOf(item));
      if (!told.ok) return null;
      items.push(...told.value.items);
      if (told.value.next === null) break;
      cursor = `&cursor=${encodeURIComponent(told.value.next)}`;
    }
    return items;
  };
  const [web, self, askedAt] = [
    await gatherWeb(url),
    await askJson(`${url}/healthz`, ControlSelf, { headers }, [503]),
    Date.now(),
  ];
  const diagnosis = await read("/diagnosis", Diagnosis);
  const [stations, origins, routing, open] = await Promise.all([
    list("/stations", Station),
    list("/origins", Origin),
    read("/routing", Routing),
    list("/alerts?state=open", Alert),
  ]);
  return { url, web, self, diagnosis, askedAt, stations, origins, routing, alerts: open };
}

/** Whether an origin answers over HTTP, where the edge fetches from when R2 cannot. Any answer will do. */
export async function reachOrigin(url: string): Promise<string | null> {
  const answer = await ask(`${url.replace(/\/+$/, "")}/healthz`);
  return "ok" in answer ? answer.why : null;
}
