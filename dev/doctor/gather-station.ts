import { z } from "zod";
import { EdgeHealth } from "../../contracts/edge-health.ts";
import { pause } from "../../kit/loop.ts";
import { type Answer, ask, askJson, type Told, type Untold } from "./ask.ts";

/** One rendition: its playlist twice, some segments apart, and the newest segments of the second. */
export type RenditionFacts = {
  rendition: string;
  url: string;
  first: Answer | Untold;
  firstAt: number;
  later: Answer | Untold;
  laterAt: number;
  segments: SegmentFacts[];
};
/** A segment asked for twice: caches should have it the second time. */
export type SegmentFacts = { url: string; first: Answer | Untold; again: Answer | Untold };

export type StationFacts = {
  slug: string;
  multivariant: Answer | Untold;
  renditions: RenditionFacts[];
  health: Told<EdgeHealth>;
};

/** The longest segment there is, and time for it to be published. */
const APART_MS = 8000 + 2000;
const LOOK_MS = 1000;
const SEGMENTS = 2;
const MAX_RENDITIONS = 6;
const Stations = z.object({ items: z.array(z.object({ slug: z.string() })) });

/** What the edge has on air, should control not tell. */
export async function stationsAtEdge(edge: string): Promise<string[]> {
  const told = await askJson(`${edge}/`, Stations, { headers: { accept: "application/json" } });
  return told.ok ? told.value.items.map(({ slug }) => slug) : [];
}

/** Looks at a station as a player does. Takes some ten seconds where the playlist stands still. */
export async function gatherStation(edge: string, slug: string): Promise<StationFacts> {
  const url = `${edge}/${slug}/live.m3u8`;
  const multivariant = await ask(url);
  const paths = "ok" in multivariant || multivariant.status !== 200 ? [] : linesOf(multivariant.body.toString());
  const media = paths.slice(0, MAX_RENDITIONS).map((path) => new URL(path, url).href);
  const renditions = await Promise.all(media.map(gatherRendition));
  return { slug, multivariant, renditions, health: await askJson(`${edge}/${slug}/health.json`, EdgeHealth) };
}

async function gatherRendition(url: string): Promise<RenditionFacts> {
  const rendition = url.split("/").at(-2) ?? "";
  const firstAt = Date.now();
  const first = await ask(url);
  let [later, laterAt] = [first, firstAt];
  const text = textOf(first);
  const listsAny = text !== null && linesOf(text).length > 0;
  while (listsAny && textOf(later) === text && Date.now() - firstAt < APART_MS) {
    await pause(LOOK_MS);
    [laterAt, later] = [Date.now(), await ask(url)];
  }
  const names = linesOf(textOf(later) ?? "").slice(-SEGMENTS);
  const segments: SegmentFacts[] = [];
  for (const name of names) {
    const segment = new URL(name, url).href;
    segments.push({ url: segment, first: await ask(segment), again: await ask(segment) });
  }
  return { rendition, url, first, firstAt, later, laterAt, segments };
}

const textOf = (answer: Answer | Untold) => ("ok" in answer || answer.status !== 200 ? null : answer.body.toString());

/** The lines of a playlist that are addresses (RFC 8216, 4.1). */
const linesOf = (playlist: string) => playlist.split(/\r?\n/).filter((line) => line !== "" && !line.startsWith("#"));
