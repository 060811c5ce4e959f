import { join } from "node:path";
import { keepSecret, keptSecret, readKept } from "../secrets.ts";
import type { Cloudflare } from "./cloudflare.ts";
import type { Outcome } from "./outcome.ts";
import { setSecret } from "./secrets.ts";

/** The two tokens of the first hour: an admin's, and the one with which origins enrol. */
export const FIRST_TOKENS = [
  { secret: "ADMIN_TOKEN", file: "admin-token", prefix: "rda_", isShown: true },
  { secret: "ENROL_TOKEN", file: "enrolment-token", prefix: "rde_", isShown: false },
] as const;
export type FirstToken = (typeof FIRST_TOKENS)[number];

export type TokenPlace = {
  worker: string;
  /** Names of the Worker's secrets as they are. */
  present: ReadonlySet<string>;
  folder: string;
  isRenewed: boolean;
  make: (prefix: string) => string;
};

/**
 * Sees to it that the Worker has the token as a secret, and answers it: null when it was made up elsewhere. It is kept before
 * it is set, so that whatever fails in between, the next run knows it.
 */
export async function ensureToken(
  cloudflare: Cloudflare,
  { secret, file, prefix, isShown }: FirstToken,
  given: string | null,
  place: TokenPlace,
): Promise<Outcome & { token: string | null }> {
  const { worker, folder } = place;
  const kept = join(folder, file);
  if (place.present.has(secret) && !place.isRenewed) {
    return { token: given ?? readKept(kept), changed: false, said: `Secret ${secret} of ${worker} is set.` };
  }
  if (place.isRenewed) keepSecret(kept, place.make(prefix));
  const token = given ?? keptSecret(kept, () => place.make(prefix));
  const { said } = await setSecret(cloudflare, worker, { name: secret, text: token });
  const shown = given === null && isShown ? ` The first admin token: ${token}` : "";
  return { token, changed: true, said: `${said}${given === null ? ` Kept in ${kept}.` : ""}${shown}` };
}
