import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WIRE } from "../../contracts/version.ts";
import { ALERT_KINDS } from "../../control/alerting/kinds.ts";
import { ROOT } from "../settings.ts";
import { type Facts, judge } from "./examine.ts";
import type { Diagnosis } from "./gather-control.ts";
import { exitCodeOf, reportJson, reportText } from "./report.ts";
import { AT, answer, playlist, registered, segment, wellFacts } from "./test-facts.ts";

const refused = { ok: false as const, status: 401, why: "it answered 401" };
const away = { ok: false as const, status: null, why: "the connection is refused" };

/** Changes what control says of itself. */
function diagnose(facts: Facts, change: (diagnosis: Diagnosis) => void): void {
  if (facts.control.diagnosis.ok) change(facts.control.diagnosis.value);
}

const edgeSays = (facts: Facts, parts: object) => facts.edge.self.ok && Object.assign(facts.edge.self.value, parts);
const controlSays = (facts: Facts, parts: object) =>
  facts.control.self.ok && Object.assign(facts.control.self.value, parts);
const station = (facts: Facts) => facts.stations[0] as Facts["stations"][number];
const rendition = (facts: Facts) => station(facts).renditions[0] as Facts["stations"][number]["renditions"][number];
const firstSegment = (facts: Facts) => rendition(facts).segments[1] as { url: string; first: unknown; again: unknown };
const healthOf = (facts: Facts) => {
  const { health } = station(facts);
  if (!health.ok) throw new Error("the edge said how it is");
  return health.value;
};
const origin = (facts: Facts, parts: object) => Object.assign(facts.origins?.[1]?.registered ?? {}, parts) && undefined;
const heard = { silentMs: 500, rung: "well", rungDetail: null, clockOffMs: 20 };

type Row = [string, (facts: Facts) => unknown, "warning" | "fault", string, string];

/** One thing that is wrong, what it is found as, and what the sentence says. */
const WRONG: Row[] = [
  ["an edge that is away", (f) => (f.edge.self = away), "fault", "edge-away", "the connection is refused"],
  [
    "an edge without routing",
    (f) => edgeSays(f, { status: "no routing", routing: null }),
    "fault",
    "routing-missing",
    "never seen a routing",
  ],
  [
    "an edge that goes by an old routing",
    (f) => edgeSays(f, { routing: 5 }),
    "fault",
    "routing-missing",
    "goes by routing 5, and control has published 7",
  ],
  [
    "no routing published",
    (f) => (f.control.routing = { ...away, status: 404 }),
    "fault",
    "routing-missing",
    "published no routing",
  ],
  [
    "a clock that is off, here",
    (f) => edgeSays(f, { now: AT + 9000 }),
    "warning",
    "clock-off",
    "-9.0 s off the edge's",
  ],
  ["plain HTTP", (f) => (f.edge.web.isSecure = false), "fault", "domain-and-cache", "plain HTTP"],
  [
    "no redirect to HTTPS",
    (f) => (f.edge.web.plain = answer("", {})),
    "warning",
    "domain-and-cache",
    "not led to HTTPS",
  ],
  [
    "a certificate that runs out",
    (f) => (f.edge.web.certificateDays = 3),
    "warning",
    "domain-and-cache",
    "runs out in 3 days",
  ],
  [
    "workers.dev",
    (f) => Object.assign(f.control.web, { url: "https://control.me.workers.dev" }),
    "warning",
    "domain-and-cache",
    "workers.dev",
  ],
  ["control that is away", (f) => (f.control.self = away), "fault", "control-failing", "cannot be asked"],
  ["control that is unwell", (f) => controlSays(f, { status: "unwell" }), "fault", "control-failing", "unwell"],
  ["a wrong token", (f) => (f.control.diagnosis = refused), "fault", "token-refused", "refuses the token"],
  [
    "control of a release that tells nothing",
    (f) => (f.control.diagnosis = { ...refused, status: 404 }),
    "warning",
    "token-refused",
    "older than the doctor",
  ],
  [
    "old migrations",
    (f) => diagnose(f, (d) => d.migrations.pop()),
    "fault",
    "migrations-behind",
    "lacks migrations: 0001_health.sql",
  ],
  [
    "migrations of a later release",
    (f) => diagnose(f, (d) => d.migrations.push("0002_x.sql")),
    "warning",
    "migrations-behind",
    "0002_x.sql",
  ],
  [
    "a bucket that cannot be written",
    (f) => diagnose(f, (d) => (d.segments = { ok: false, error: "R2 is away" })),
    "fault",
    "control-failing",
    "The bucket of segments fails: R2 is away",
  ],
  [
    "an alarm that does not go off",
    (f) => diagnose(f, (d) => (d.monitor.alarmInMs = -60_000)),
    "fault",
    "control-failing",
    "alarm does not go off",
  ],
  [
    "sweeps that fail",
    (f) => diagnose(f, (d) => (d.monitor.soundSweepAgoMs = 90_000)),
    "fault",
    "control-failing",
    "failed for 90 s",
  ],
  [
    "a cron that does not come",
    (f) => diagnose(f, (d) => (d.monitor.cronAgoMs = null)),
    "fault",
    "control-failing",
    "cron has not come",
  ],
  [
    "a stale plan",
    (f) => diagnose(f, (d) => d.stalePlans.push({ station: "demo", builtAt: 1, failure: "too large" })),
    "fault",
    "plan-unpublished",
    "plan of demo is out of date: too large",
  ],
  [
    "no channel for alerts",
    (f) => diagnose(f, (d) => (d.alerts.channels = [])),
    "warning",
    "alerts-undelivered",
    "No channel",
  ],
  [
    "nobody on call",
    (f) => diagnose(f, (d) => (d.alerts.channels = ["sms"])),
    "warning",
    "alerts-undelivered",
    "nobody is on call",
  ],
  [
    "bad settings of alerting",
    (f) => diagnose(f, (d) => (d.alerts.settings = { ok: false, error: "no URL" })),
    "fault",
    "alerts-undelivered",
    "no URL",
  ],
  [
    "no enrolment token",
    (f) => diagnose(f, (d) => (d.tokens.enrolment = 0)),
    "warning",
    "token-refused",
    "No enrolment token",
  ],
  [
    "control that knows of another edge",
    (f) => diagnose(f, (d) => (d.edgeUrl = "https://old.example")),
    "warning",
    "edge-away",
    "takes https://old.example for the edge",
  ],
  [
    "control that knows of no edge",
    (f) => diagnose(f, (d) => (d.edgeUrl = null)),
    "warning",
    "control-failing",
    "not told where the edge is",
  ],
  [
    "an open alert",
    (f) =>
      f.control.alerts?.push({
        kind: "slate-on-air",
        severity: "critical",
        station: "demo",
        origin: null,
        what: "The slate is on",
        toDo: null,
      }),
    "fault",
    "slate-on-air",
    "The slate is on.",
  ],
  [
    "a station that is away",
    (f) => (station(f).multivariant = answer("", {}, 404)),
    "fault",
    "station-silent",
    "cannot be had: it answered 404",
  ],
  [
    "a rendition that is not offered",
    (f) => station(f).renditions.pop(),
    "fault",
    "routing-missing",
    "does not offer aac-128k",
  ],
  ["a playlist that is away", (f) => (rendition(f).later = away), "fault", "station-silent", "aac-48k cannot be had"],
  [
    "a playlist that stands still",
    (f) => (rendition(f).later = rendition(f).first),
    "fault",
    "playlist-wrong",
    "stands still at 549999999",
  ],
  [
    "a playlist that is none",
    (f) => (rendition(f).later = answer("<html>", { "content-type": "text/html" })),
    "fault",
    "playlist-wrong",
    "RFC 8216",
  ],
  [
    "a playlist that withdraws what it listed",
    (f) => (rendition(f).first = playlist(550_000_040)),
    "fault",
    "playlist-wrong",
    "stands still",
  ],
  [
    "a playlist that is late",
    (f) => (rendition(f).laterAt = AT + 30_000),
    "warning",
    "playlist-wrong",
    "behind the clock",
  ],
  [
    "a playlist that caches keep",
    (f) => (rendition(f).later = playlist(550_000_000, "public, max-age=14400")),
    "fault",
    "domain-and-cache",
    "kept for 14400 s",
  ],
  [
    "a playlist without cache-control",
    (f) => delete (station(f).multivariant as { headers: Record<string, string> }).headers["cache-control"],
    "warning",
    "domain-and-cache",
    "no cache-control",
  ],
  [
    "a playlist for our own pages alone",
    (f) =>
      delete (station(f).multivariant as { headers: Record<string, string> }).headers["access-control-allow-origin"],
    "warning",
    "domain-and-cache",
    "other sites",
  ],
  [
    "a playlist of a wrong type",
    (f) => Object.assign((station(f).multivariant as { headers: object }).headers, { "content-type": "text/plain" }),
    "warning",
    "domain-and-cache",
    "type text/plain",
  ],
  [
    "a segment that is listed and not there",
    (f) => (firstSegment(f).first = answer("", {}, 404)),
    "fault",
    "playlist-wrong",
    "is listed and cannot be fetched",
  ],
  [
    "a segment that is no transport stream",
    (f) => (firstSegment(f).first = segment(Buffer.alloc(188, 7))),
    "fault",
    "playlist-wrong",
    "not a sound transport stream",
  ],
  [
    "a segment that was changed on its way",
    (f) => Object.assign((firstSegment(f).first as { headers: object }).headers, { etag: `"${"0".repeat(64)}"` }),
    "fault",
    "domain-and-cache",
    "did not arrive as it was sent",
  ],
  [
    "an open bucket that no cache has",
    (f) => inBucket(f, "https://segments.example", "DYNAMIC"),
    "warning",
    "domain-and-cache",
    "not cached: cf-cache-status DYNAMIC",
  ],
  [
    "an open bucket at r2.dev",
    (f) => inBucket(f, "https://pub-1.r2.dev", "HIT"),
    "fault",
    "domain-and-cache",
    "throttled",
  ],
  [
    "the reel on air",
    (f) => Object.assign(healthOf(f).listed[0] ?? {}, { reel: true }),
    "fault",
    "station-silent",
    "hear the reel",
  ],
  [
    "an origin with other bytes",
    (f) => healthOf(f).origins[1]?.differing.push(550_000_000),
    "fault",
    "eviction-held",
    "origin-2 has other bytes",
  ],
  [
    "a station without studio",
    (f) => Object.assign(f.control.stations?.[0] ?? {}, { studio: null }),
    "fault",
    "studio-missing",
    "Nobody makes the programme",
  ],
  [
    "the slate on air",
    (f) => Object.assign(f.control.stations?.[0] ?? {}, { source: "slate" }),
    "fault",
    "slate-on-air",
    "plays its slate",
  ],
  [
    "a station that nobody is routed for",
    (f) => f.control.routing.ok && Object.assign(f.control.routing.value, { stations: {} }),
    "fault",
    "station-silent",
    "No origin is routed for demo",
  ],
  [
    "a station with one origin",
    (f) => f.control.routing.ok && f.control.routing.value.stations.demo?.slicers.pop(),
    "warning",
    "station-unprotected",
    "Only origin-1 serves demo",
  ],
  ["no origin at all", (f) => (f.origins = []), "fault", "fleet-silent", "No origin has ever registered"],
  [
    "an evicted origin",
    (f) => origin(f, { state: "evicted" }),
    "fault",
    "origin-out",
    "origin-2 is out of service: evicted",
  ],
  [
    "an origin that was given up",
    (f) => origin(f, { state: "failed" }),
    "fault",
    "origin-failed",
    "origin-2 is out of service: failed",
  ],
  ["a suspect origin", (f) => origin(f, { state: "suspect" }), "warning", "origin-out", "not fully at work: suspect"],
  [
    "a silent origin",
    (f) => origin(f, { heard: { ...heard, silentMs: 60_000 } }),
    "fault",
    "origin-out",
    "silent for 60 s",
  ],
  ["an origin that was never heard", (f) => origin(f, { heard: null }), "fault", "origin-out", "never heard"],
  [
    "a full disk",
    (f) => origin(f, { heard: { ...heard, rung: "repair", rungDetail: "the disk is full" } }),
    "warning",
    "origin-out",
    "the disk is full",
  ],
  [
    "an origin's clock that is off",
    (f) => origin(f, { heard: { ...heard, clockOffMs: -2500 } }),
    "warning",
    "clock-off",
    "clock of origin-2 is -2.5 s off",
  ],
  [
    "an origin too old",
    (f) => origin(f, { wire: WIRE - 2, version: "0.0.1" }),
    "fault",
    "versions-apart",
    "too far apart",
  ],
  [
    "an origin of the release before",
    (f) => origin(f, { wire: WIRE - 1 }),
    "warning",
    "versions-apart",
    "understand one another",
  ],
  [
    "an RTMP port that is shut",
    (f) => Object.assign(f.origins?.[1] ?? {}, { rtmp: "the connection is refused" }),
    "warning",
    "origin-unreachable",
    "RTMP of origin-2",
  ],
  [
    "an HTTP port that is shut",
    (f) => Object.assign(f.origins?.[1] ?? {}, { http: "no answer within 10 s" }),
    "warning",
    "origin-unreachable",
    "HTTP of origin-2",
  ],
  [
    "an origin with an address of its own machine",
    (f) => origin(f, { url: "http://127.0.0.1:8801" }),
    "warning",
    "origin-unreachable",
    "where nobody else reaches it",
  ],
  [
    "an edge of another release",
    (f) => edgeSays(f, { release: "0.0.9" }),
    "warning",
    "versions-apart",
    "edge is of release 0.0.9",
  ],
  ["Workers too far apart", (f) => edgeSays(f, { wire: WIRE + 2 }), "fault", "versions-apart", "too far apart"],
];

function inBucket(facts: Facts, site: string, status: string): void {
  for (const found of rendition(facts).segments) {
    found.url = found.url.replace("https://radio.example", site);
    if ("headers" in found.again) found.again.headers["cf-cache-status"] = status;
  }
}

describe("the doctor", () => {
  it("finds nothing wrong where nothing is", () => {
    const findings = judge(wellFacts());
    expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
    expect(exitCodeOf(findings)).toBe(0);
    expect(reportText(findings)).toMatch(/All is well\.$/);
  });

  it.each(WRONG)("finds %s, and no other thing wrong", (_, spoil, level, page, words) => {
    const facts = wellFacts();
    spoil(facts);
    const wrong = judge(facts).filter((finding) => finding.level !== "ok");
    const distinct = new Set(wrong.map(({ about, page: named }) => `${about} ${named}`));
    expect([...distinct], JSON.stringify(wrong, null, 2)).toHaveLength(1);
    expect(wrong[0]).toMatchObject({ level, page: `docs/runbooks/${page}.md`, toDo: expect.any(String) });
    expect(wrong[0]?.says).toContain(words);
    expect(exitCodeOf(wrong)).toBe(level === "fault" ? 2 : 1);
  });

  it("names pages that are there", () => {
    const pages = new Set([...WRONG.map(([, , , page]) => page), ...Object.keys(ALERT_KINDS)]);
    const missing = [...pages].filter((page) => !existsSync(join(ROOT, `docs/runbooks/${page}.md`)));
    expect(missing).toEqual([]);
  });

  it("puts what is wrong last, and all of it into the JSON", () => {
    const facts = wellFacts();
    diagnose(facts, (diagnosis) => (diagnosis.alerts.channels = []));
    Object.assign(facts.origins?.[0] ?? {}, { registered: registered("origin-1", { state: "evicted" }) });
    const findings = judge(facts);
    const text = reportText(findings);
    expect(text).toMatch(/WARNING {2}No channel[\s\S]*FAULT {4}origin-1 is out[\s\S]*1 fault, 1 warning\.$/);
    const read = JSON.parse(reportJson(findings)) as { counts: object; findings: object[] };
    expect(read.counts).toMatchObject({ fault: 1, warning: 1 });
    expect(read.findings).toHaveLength(findings.length);
  });
});
