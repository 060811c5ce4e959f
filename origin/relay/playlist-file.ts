/** What an answer over HTTP is: sound, HLS (RFC 8216), or a list of addresses at which there is sound. */
export type BodyKind = "audio" | "hls" | "list";

const LIST_TYPES = /^(?:audio|application)\/(?:x-)?(?:mpegurl|scpls|pls\+xml|vnd\.apple\.mpegurl)$/;

/** Whether an answer must be read as text to know what it is. */
export function isPlaylist(contentType: string, path: string): boolean {
  const [type = ""] = contentType.toLowerCase().split(";");
  return (
    LIST_TYPES.test(type.trim()) || (/\.(?:m3u8?|pls)$/i.test(path) && !/^audio\/(?:mpeg|aac|aacp|ogg)$/.test(type))
  );
}

/** HLS is told from other M3U by its tags. */
export function kindOfPlaylist(text: string): "hls" | "list" {
  return /^#EXT-X-/m.test(text) ? "hls" : "list";
}

/** The addresses in an M3U or PLS file, as they stand there. */
export function entriesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (/^\[playlist\]/i.test(lines[0] ?? "")) {
    return lines.flatMap((line) => /^File\d+\s*=\s*(\S.*)$/i.exec(line)?.[1] ?? []);
  }
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

/** Every address that an HLS playlist names: segments, variants, keys, maps (RFC 8216, 4.3). */
export function addressesIn(hls: string): string[] {
  return hls.split(/\r?\n/).flatMap((line) => {
    if (!line.startsWith("#")) return line.trim() === "" ? [] : [line.trim()];
    const uri = /[:,]URI="([^"]*)"/.exec(line)?.[1];
    return uri === undefined ? [] : [uri];
  });
}
