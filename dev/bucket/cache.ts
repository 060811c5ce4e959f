/** An object of the bucket as it is served. */
export type Served = { bytes: Buffer; headers: Record<string, string> };

export type Cache = {
  /** The object, and whether the bucket was asked for it; null where there is none. */
  get(key: string): Promise<{ served: Served; isHit: boolean } | null>;
};

const MAX_ENTRIES = 2000;

type Entry = { served: Promise<Served | null>; freshUntil: number };

/**
 * The cache that Cloudflare puts in front of a custom domain: by the objects' own max-age, one request at a time for each,
 * and what it had when the bucket fails (stale-if-error: RFC 5861, section 4).
 */
export function createCache(read: (key: string) => Promise<Served | null>, now: () => number = Date.now): Cache {
  const entries = new Map<string, Entry>();

  function begin(key: string, before: Entry | undefined): Promise<Served | null> {
    const served = read(key).catch((thrown: unknown) => {
      if (before === undefined) throw thrown;
      return before.served;
    });
    const entry: Entry = { served, freshUntil: Number.POSITIVE_INFINITY };
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) if (entries.size > MAX_ENTRIES) entries.delete(oldest);
    served.then(
      (found) => {
        entry.freshUntil = now() + maxAgeMs(found);
      },
      () => entries.delete(key),
    );
    return served;
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      const isHit = entry !== undefined && now() < entry.freshUntil;
      const served = await (isHit ? entry.served : begin(key, entry));
      return served === null ? null : { served, isHit };
    },
  };
}

/** Cache-Control: max-age (RFC 9111, 5.2.2.1), in ms; 0 for what is not there. */
function maxAgeMs(served: Served | null): number {
  const seconds = /(?:^|[\s,])max-age=(\d+)/.exec(served?.headers["cache-control"] ?? "")?.[1];
  return Number(seconds ?? 0) * 1000;
}
