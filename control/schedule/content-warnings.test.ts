import { describe, expect, it } from "vitest";
import { Track } from "../../contracts/media.ts";
import { contentWarnings } from "./content-warnings.ts";
import { occurrencesOf } from "./occurrences.ts";
import { makeEntry } from "./test-entry.ts";

const [KNOWN, UNKNOWN, FULL, EMPTY] = Array.from({ length: 4 }, () => crypto.randomUUID()) as [
  string,
  string,
  string,
  string,
];
const samples = 1800 * 48_000;
const track = Track.parse({
  media: KNOWN,
  kind: "speech",
  title: "Half an hour",
  artist: "",
  prepared: { sha256: "a".repeat(64), bytes: 1, samples },
  cue: { in: 0, next: samples, out: samples },
  loudness: { integrated: -16, truePeak: -1 },
});
const list = (id: string, media: string) => ({
  id,
  name: id,
  order: "shuffle" as const,
  entries: [{ media, weight: 1 }],
});
const stock = {
  tracks: new Map([[KNOWN, track]]),
  playlists: new Map([
    [FULL, list(FULL, KNOWN)],
    [EMPTY, list(EMPTY, UNKNOWN)],
  ]),
};

describe("What is scheduled", () => {
  const live = (absent: string | null) => ({ kind: "live" as const, keys: [], absent, overrunMinutes: 0 });

  it.each([
    ["a show that fits", { kind: "show" as const, media: [KNOWN] }, 30, []],
    ["a show of which a file may not go on air", { kind: "show" as const, media: [KNOWN, UNKNOWN] }, 30, ["missing"]],
    ["a show that is too long", { kind: "show" as const, media: [KNOWN, KNOWN] }, 59, ["long"]],
    ["a playlist with something on it", { kind: "playlist" as const, playlist: FULL }, 30, []],
    ["a playlist of what may not go on air", { kind: "playlist" as const, playlist: EMPTY }, 30, ["empty"]],
    ["a host in whose absence nothing could be played", live(EMPTY), 30, ["empty"]],
    ["a host in whose absence the station's playlist is played", live(null), 30, []],
  ])("as %s is told so", (_, content, durationMinutes, expected) => {
    const entry = makeEntry("entry", { content, durationMinutes });
    const [occurrence] = occurrencesOf(entry, "UTC", Date.UTC(2026, 10, 22), Date.UTC(2026, 10, 23));
    if (!occurrence) throw new Error("it is never due");
    expect(contentWarnings(occurrence, stock).map(({ code }) => code)).toEqual(expected);
  });
});
