import { env } from "cloudflare:workers";

/** Files of a station's library for tests, as preparation jobs leave them. */

export type FileOptions = { state?: string; deletedAt?: number; seconds?: number };

/** Answers the id of the file. */
export async function addFile(station: string, title: string, options: FileOptions = {}): Promise<string> {
  const { state = "approved", deletedAt = null, seconds = 200 } = options;
  const id = crypto.randomUUID();
  const samples = seconds * 48_000;
  const preparation = {
    prepared: { sha256: "a".repeat(64), bytes: 1000, samples },
    loudness: { integrated: -20, truePeak: -6 },
    cue: { in: 0, next: samples - 48_000, out: samples },
    cover: null,
  };
  await env.DB.prepare(
    `insert into media (id, station, state, kind, file_name, content_type, bytes, sha256, title, artist, album, isrc, tags,
       search_text, preparation, distribution, created_by, created_at, updated_at, revision,
       deleted_at)
     values (?, ?, ?, 'music', 'a.mp3', 'audio/mpeg', 1000, ?, ?, ?, '', '', '[]', '', ?, 'private', 'test', 0, 0, 1, ?)`,
  )
    .bind(id, station, state, "b".repeat(64), title, `${title}'s artist`, JSON.stringify(preparation), deletedAt)
    .run();
  return id;
}
