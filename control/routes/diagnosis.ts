import { createRoute, z } from "@hono/zod-openapi";
import { appliedMigrations, channelsOf, countPeople, stalePlans, tryBucket } from "../diagnosis/diagnose.ts";
import { readSettings } from "../environment.ts";
import { failures, json, SECURED } from "./answers.ts";
import { askMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";

const Sound = z.union([z.object({ ok: z.literal(true) }), z.object({ ok: z.literal(false), error: z.string() })]);

const Diagnosis = z.object({
  /** Unix ms by control's clock. */
  now: z.int(),
  /** Applied to D1, by file name. */
  migrations: z.array(z.string()),
  /** Whether an object can be written, read and deleted there; null where there is no such bucket. */
  media: Sound,
  segments: Sound.nullable(),
  /** Stations whose plan is out of date although it should not be, and why. */
  stalePlans: z.array(z.object({ station: z.string(), builtAt: z.int().nullable(), failure: z.string().nullable() })),
  monitor: z.object({
    upMs: z.number(),
    soundSweepAgoMs: z.number().nullable(),
    /** Ms until its alarm is due, negative when it is late; null when none was set. */
    alarmInMs: z.number().nullable(),
    /** Ms since the minute's cron; null when there was none since it started. */
    cronAgoMs: z.number().nullable(),
  }),
  alerts: z.object({ channels: z.array(z.string()), settings: Sound, contacts: z.int() }),
  /** Tokens in force; `bootstrap`: whether one of the environment is set beside those of the table. */
  tokens: z.object({
    admin: z.int(),
    enrolment: z.int(),
    bootstrap: z.object({ admin: z.boolean(), enrolment: z.boolean() }),
  }),
  edgeUrl: z.string().nullable(),
});

const read = createRoute({
  method: "get",
  path: "/diagnosis",
  operationId: "readDiagnosis",
  tags: ["Health"],
  summary: "What control knows of itself and cannot be seen from outside: `npm run doctor` asks for it",
  security: SECURED,
  responses: { 200: json(Diagnosis, "What was found"), ...failures(401, 403, 503) },
});

export const diagnosis = createRouter().openapi(read, async (c) => {
  const { context } = c.var;
  const set = readSettings(c.env);
  const [monitor, migrations, people, stale, media, segments] = await Promise.all([
    askMonitor(c, (one) => one.status()),
    appliedMigrations(context),
    countPeople(context),
    stalePlans(context),
    tryBucket(c.env.MEDIA),
    c.env.SEGMENTS ? tryBucket(c.env.SEGMENTS) : null,
  ]);
  const { upMs, soundSweepAgoMs, alarmInMs, cronAgoMs } = monitor;
  return c.json(
    {
      now: context.clock.now(),
      migrations,
      media,
      segments,
      stalePlans: stale,
      monitor: { upMs, soundSweepAgoMs, alarmInMs, cronAgoMs },
      alerts: { ...channelsOf(c.env), contacts: people.contacts },
      tokens: {
        admin: people.adminTokens,
        enrolment: people.enrolmentTokens,
        bootstrap: { admin: set.ADMIN_TOKEN !== undefined, enrolment: set.ENROL_TOKEN !== undefined },
      },
      edgeUrl: set.EDGE_URL ?? null,
    },
    200,
  );
});
