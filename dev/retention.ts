/** The part of an R2 bucket that clearing needs; a real one and Miniflare's both have it. */
export type Bucket = {
  list(options: {
    prefix: string;
    cursor?: string;
  }): Promise<
    { objects: { key: string; uploaded: Date }[] } & ({ truncated: true; cursor: string } | { truncated: false })
  >;
  delete(keys: string[]): Promise<void>;
};

/** Listeners reach back two minutes at most. */
export const KEPT_MS = 15 * 60_000;

/**
 * Deletes segments that are older than anyone listens to, for the local bucket has no lifecycle rules, and hands on the
 * paths they had, so that caches forget them too. Answers how many segments went.
 */
export async function clearOldSegments(
  bucket: Bucket,
  now: number,
  forget: (paths: readonly string[]) => Promise<void>,
  keptMs = KEPT_MS,
): Promise<number> {
  let cursor: string | undefined;
  let cleared = 0;
  do {
    const page = await bucket.list({ prefix: "live/", ...(cursor === undefined ? {} : { cursor }) });
    const old = page.objects.filter(({ key, uploaded }) => key.endsWith(".ts") && uploaded.getTime() < now - keptMs);
    const keys = old.map(({ key }) => key);
    if (keys.length > 0) await bucket.delete(keys);
    await forget([...new Set(keys.map(pathOf))]);
    cleared += keys.length;
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return cleared;
}

/** Path under which listeners fetch a segment: its key without `live/` and the origin. */
function pathOf(key: string): string {
  const [, station, , ...rest] = key.split("/");
  return `/${[station, ...rest].join("/")}`;
}
