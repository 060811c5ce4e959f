import { createHash } from "node:crypto";
import {
  PLAYLIST_TYPE,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
  SEGMENT_TYPE,
} from "../../contracts/playlist.ts";
import { segmentTime } from "../../contracts/timeline.ts";
import { RELEASE, WIRE } from "../../contracts/version.ts";
import { makeSegment } from "../../test/harness/fixtures/segment.ts";
import type { Answer, Told } from "./ask.ts";
import type { Facts } from "./examine.ts";
import type { Diagnosis, RegisteredOrigin } from "./gather-control.ts";
import type { WebFacts } from "./gather-edge.ts";

/** A deployment at which nothing is wrong, for tests that break one thing of it. */

const LENGTH = 150;
const NEWEST = 550_000_000;
export const AT = Math.ceil(segmentTime(NEWEST + 1, LENGTH)) + 1000;
const FRAMES = Array.from({ length: LENGTH }, (_, index) => Buffer.alloc(120, index));
const RENDITIONS = ["aac-48k", "aac-128k"];
export const MIGRATIONS = ["0000_registry.sql", "0001_health.sql"];
const EDGE = "https://radio.example";

export function answer(body: string | Buffer, headers: Record<string, string>, status = 200): Answer {
  const open = { "access-control-allow-origin": "*" };
  return { status, headers: { ...open, ...headers }, body: Buffer.from(body), ms: 20 };
}

const told = <T>(value: T): Told<T> => ({ ok: true, value, answer: answer("", {}) });

export function playlist(newest: number, cacheControl = "public, max-age=2"): Answer {
  const numbers = Array.from({ length: 12 }, (_, index) => newest - 11 + index);
  const text = renderMediaPlaylist(
    numbers.map((number) => ({ number, gap: false })),
    LENGTH,
  );
  return answer(text, { "content-type": PLAYLIST_TYPE, "cache-control": cacheControl });
}

export function segment(bytes: Buffer, headers: Record<string, string> = {}): Answer {
  const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
  const described = { "content-type": SEGMENT_TYPE, "cache-control": "public, max-age=86400, immutable", etag };
  return answer(bytes, { ...described, ...headers });
}

function rendition(name: string): Facts["stations"][number]["renditions"][number] {
  const url = `${EDGE}/demo/${name}/live.m3u8`;
  let counter = 0;
  const segments = [NEWEST - 1, NEWEST].map((number) => {
    const { bytes, counterAfter } = makeSegment({ number, frames: FRAMES, framesPerSegment: LENGTH, counter });
    counter = counterAfter;
    const found = segment(bytes);
    return { url: `${EDGE}/demo/${name}/${number}.ts`, first: found, again: found };
  });
  return {
    rendition: name,
    url,
    first: playlist(NEWEST - 1),
    firstAt: AT - 4000,
    later: playlist(NEWEST),
    laterAt: AT,
    segments,
  };
}

const web = (url: string): WebFacts => ({
  url,
  isSecure: true,
  isLocal: false,
  plain: answer("", { location: url }, 301),
  certificateDays: 60,
});

export function registered(id: string, parts: Partial<RegisteredOrigin> = {}): RegisteredOrigin {
  return {
    id,
    state: "active",
    held: false,
    weight: 100,
    roles: ["studio", "slicer"],
    url: `https://${id}.example`,
    rtmpUrl: `rtmp://${id}.example:1935`,
    version: RELEASE,
    wire: WIRE,
    heard: { silentMs: 500, rung: "well", rungDetail: null, clockOffMs: 20 },
    ...parts,
  };
}

const diagnosis: Diagnosis = {
  now: AT,
  migrations: MIGRATIONS,
  media: { ok: true },
  segments: { ok: true },
  stalePlans: [],
  monitor: { upMs: 3_600_000, soundSweepAgoMs: 800, alarmInMs: 300, cronAgoMs: 30_000 },
  alerts: { channels: ["webhook"], settings: { ok: true }, contacts: 0 },
  tokens: { admin: 1, enrolment: 1, bootstrap: { admin: false, enrolment: false } },
  edgeUrl: EDGE,
};

/** New each time: a test may change any of it. */
export function wellFacts(): Facts {
  const slicers = ["origin-1", "origin-2"].map((origin) => ({ origin, weight: 100 }));
  const routed = { demo: { studio: "origin-1", slicers } };
  const seen = (origin: string) => ({ origin, weight: 100, newest: NEWEST, ageMs: 1000, agreeing: 10, differing: [] });
  return {
    edge: {
      url: EDGE,
      self: told({ status: "ok", routing: 7, now: AT, release: RELEASE, wire: WIRE }),
      askedAt: AT,
      web: web(EDGE),
    },
    control: {
      url: "https://control.example",
      web: web("https://control.example"),
      self: told({ status: "ok", soundSweepAgoMs: 800, release: RELEASE, wire: WIRE }),
      diagnosis: told(structuredClone(diagnosis)),
      askedAt: AT,
      stations: [
        { slug: "demo", framesPerSegment: LENGTH, renditions: RENDITIONS, studio: "origin-1", source: "autopilot" },
      ],
      origins: [registered("origin-1"), registered("origin-2")],
      routing: told({ version: 7, publishedAt: AT - 600_000, stations: routed }),
      alerts: [],
    },
    stations: [
      {
        slug: "demo",
        multivariant: answer(renderMultivariantPlaylist(RENDITIONS), {
          "content-type": PLAYLIST_TYPE,
          "cache-control": "public, max-age=10",
        }),
        renditions: RENDITIONS.map(rendition),
        health: told({
          station: "demo",
          now: AT,
          listed: RENDITIONS.map((name) => ({ rendition: name, newest: NEWEST, reel: false })),
          origins: [seen("origin-1"), seen("origin-2")],
        }),
      },
    ],
    unseen: 0,
    origins: ["origin-1", "origin-2"].map((id) => ({ registered: registered(id), rtmp: null, http: null })),
    migrations: [...MIGRATIONS],
  };
}
