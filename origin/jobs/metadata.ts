import { basename, extname } from "node:path";
import { MediaMetadata } from "../../contracts/media.ts";
import { cleanText } from "./clean-text.ts";

const MAX_LENGTH = 300;

/** Tags as ffprobe names them, of the file and then of its streams. */
export type Tags = Readonly<Record<string, string>>;

/**
 * What a file says of itself. Where it says neither title nor artist, its name does: "Artist - Title.mp3". What is not
 * well-formed is left out.
 */
export function metadataOf(tagSets: readonly Tags[], fileName: string): MediaMetadata {
  const tag = (...names: string[]) => {
    for (const name of names) {
      for (const tags of tagSets) {
        const entry = Object.entries(tags).find(([key]) => key.toLowerCase() === name);
        const text = cleanText(entry?.[1] ?? "", MAX_LENGTH);
        if (text !== "") return text;
      }
    }
    return "";
  };
  const named = nameOf(fileName);
  const title = tag("title");
  const artist = tag("artist", "performer", "author", "album_artist", "wm/albumartist");
  const isUntagged = title === "" && artist === "";
  return {
    title: title || (isUntagged ? named.title : named.whole),
    artist: isUntagged ? named.artist : artist,
    album: tag("album", "wm/albumtitle"),
    isrc: isrcIn(tag("isrc", "tsrc", "wm/isrc")),
    year: yearIn(tag("originaldate", "date", "year", "tyer", "wm/year")),
  };
}

function nameOf(fileName: string): { whole: string; artist: string; title: string } {
  const whole = cleanText(basename(fileName, extname(fileName)).replaceAll("_", " "), MAX_LENGTH);
  const parts = /^(?:\d{1,3}[. -]+)?(.+?) [-–—] (.+)$/u.exec(whole);
  return { whole, artist: parts?.[1] ?? "", title: parts?.[2] ?? whole };
}

/** Written with or without hyphens, before it a prefix or not. */
function isrcIn(text: string): string {
  const bare = text
    .toUpperCase()
    .replace(/^ISRC/, "")
    .replace(/[^A-Z0-9]/g, "");
  return MediaMetadata.shape.isrc.catch("").parse(bare);
}

function yearIn(text: string): number | null {
  const year = Number(/(?<!\d)[12]\d{3}(?!\d)/.exec(text)?.[0] ?? Number.NaN);
  return Number.isNaN(year) ? null : year;
}
