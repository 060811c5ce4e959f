/** An object of the bucket as it is served. */
export type Served = { bytes: Buffer; headers: Record<string, string> };

export type Cache = {
  /** The object, and whether the bucket was asked for it; null where there is none. */
  get(key: string): Promise<{ served: Served; isHit: boolean } | null>;
};

type Entry = { served: Promise<Served | null>; freshUntil: number };

/** The cache that Cloudflare puts in front of a custom domain: by the objects' own max-age, one request at a time for each. */
const MAX_ENTRIES = 2000;

export function createCache(read: (key: string) => Promise<Served | null>, now: () => number = Date.now): Cache {
  const entries = new Map<string, Entry>();

  function begin(key: string): Promise<Served | null> {
    const served = read(key);
    const entry: Entry = { served, freshUntil: Number.POSITIVE_INFINITY };
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) if (entries.size > MAX_ENTRIES) entries.delete(oldest);
    const settle = (found: Served | null) => {
      entry.freshUntil = now() + maxAgeMs(found);
    };
    served.then(settle, () => settle(null));
    return served;
  }

  return {
    async get(key) {
      const entry = entries.get(key);
      const isHit = entry !== undefined && now() < entry.freshUntil;
      const served = await (isHit ? entry.served : begin(key));
      return served === null ? null : { served, isHit };
    },
  };
}

/** Cache-Control: max-age (RFC 9111, 5.2.2.1), in ms; 0 for what is not there. */
function maxAgeMs(served: Served | null): number {
  const seconds = /(?:^|[\s,])max-age=(\d+)/.exec(served?.headers["cache-control"] ?? "")?.[1];
  return Number(seconds ?? 0) * 1000;
}
