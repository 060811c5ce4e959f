import { z } from "zod";

/** The release that this code is; `package.json` says the same. */
export const RELEASE = "0.2.0";

/**
 * The wire that this release speaks: all of `contracts/`, one number. It rises by one in each release that changes a message
 * or a stored object, however little. Who is one below or one above is understood; `docs/upgrades.md` says what that asks of a change.
 */
export const WIRE = 2;

/** What an origin speaks that does not say: release 0.1.0 knew of no number. */
export const FIRST_WIRE = 1;

export const WireVersion = z.int().positive().max(1_000_000);

/** Whether one who speaks `other` and one who speaks `own` understand one another, and if not, which way `other` is off. */
export function wireFit(other: number, own: number = WIRE): "fits" | "too_old" | "too_new" {
  if (other < own - 1) return "too_old";
  return other > own + 1 ? "too_new" : "fits";
}

/** What a node or a Worker calls itself when it asks another (RFC 9110, 10.1.5). */
export function userAgent(part: "origin" | "edge" | "control"): string {
  return `radio-dream-${part}/${RELEASE} (wire ${WIRE})`;
}
