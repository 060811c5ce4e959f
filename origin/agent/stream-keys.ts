import { createHash, timingSafeEqual } from "node:crypto";
import type { DesiredStation } from "../../contracts/fleet.ts";

/** Who may go live: compares a key's hash with every hash of the station, in constant time, asking nobody. */
export function authorizer(stationOf: (slug: string) => Pick<DesiredStation, "keys"> | null) {
  return (slug: string, key: string): { id: string; name: string } | null => {
    const station = stationOf(slug);
    if (station === null) return null;
    const digest = createHash("sha256").update(key).digest();
    let match: { id: string; name: string } | null = null;
    for (const { id, name, sha256 } of station.keys) {
      if (timingSafeEqual(digest, Buffer.from(sha256, "hex"))) match = { id, name };
    }
    return match;
  };
}
