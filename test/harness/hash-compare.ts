import { StationIndex } from "../../contracts/station-index.ts";

/** The proof that origins slice alike: for each number and rendition that several have, one hash. */

/** SHA-256 by `rendition/number`, for each origin. */
export type Hashes = Map<string, Map<string, string>>;

export type HashComparison = {
  /** What at least two origins have. */
  common: string[];
  /** What they have differently, with who has which. */
  different: { segment: string; hashes: Record<string, string> }[];
};

const TIMEOUT_MS = 5000;

/** Adds what an origin's own index (`{origin}/{station}/index.json`) names now. */
export async function collectHashes(hashes: Hashes, originUrl: string, station: string): Promise<void> {
  const response = await fetch(`${originUrl}/${station}/index.json`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${response.status} for the index of ${originUrl}`);
  addIndex(hashes, StationIndex.parse(await response.json()));
}

/** Adds what an index names; throws when the origin names another hash for a segment than it did before. */
export function addIndex(hashes: Hashes, index: StationIndex): void {
  const known = hashes.get(index.origin) ?? new Map<string, string>();
  hashes.set(index.origin, known);
  for (const { number, renditions } of index.segments) {
    for (const [rendition, copy] of Object.entries(renditions)) {
      if (!copy) continue;
      const segment = `${rendition}/${number}`;
      const before = known.get(segment);
      if (before !== undefined && before !== copy.sha256) throw new Error(`${index.origin} has changed ${segment}`);
      known.set(segment, copy.sha256);
    }
  }
}

export function compareHashes(hashes: Hashes): HashComparison {
  const owners = new Map<string, Record<string, string>>();
  for (const [origin, segments] of hashes) {
    for (const [segment, sha256] of segments) owners.set(segment, { ...owners.get(segment), [origin]: sha256 });
  }
  const shared = [...owners].filter(([, byOrigin]) => Object.keys(byOrigin).length > 1);
  return {
    common: shared.map(([segment]) => segment).toSorted(),
    different: shared
      .filter(([, byOrigin]) => new Set(Object.values(byOrigin)).size > 1)
      .map(([segment, byOrigin]) => ({ segment, hashes: byOrigin })),
  };
}
