import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import { Refusal } from "../refusal.ts";

/** In this header Cloudflare Access says, in a signed word (JWT, RFC 7519), whom it has let through. */
export const ACCESS_HEADER = "Cf-Access-Jwt-Assertion";

export type AccessSettings = {
  /** `https://{team}.cloudflareaccess.com`: who signs. */
  team: string;
  /** The AUD tags of the applications in front of control. */
  audiences: string[];
};

/** Keys change each six weeks; an unknown one is looked for at once, but not more often than the cooldown says. */
const KEYS = { timeoutDuration: 5_000, cooldownDuration: 30_000, cacheMaxAge: 3_600_000 };
const CLOCK_TOLERANCE_S = 30;
const OF_THE_KEYS = new Set(["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"]);

/** A person has an address, a service token a common name. */
const Claims = z.union([
  z.object({ email: z.email().max(254) }).transform(({ email }) => email),
  z.object({ common_name: z.string().min(1).max(254) }).transform(({ common_name }) => common_name),
]);

const keysOfTeams = new Map<string, JWTVerifyGetKey>();

/**
 * Who the assertion says was let through. Throws 401 when it is none of the team's for one of the audiences, or is over, and
 * 503 when the team's keys cannot be had.
 */
export async function accessName(assertion: string, { team, audiences }: AccessSettings): Promise<string> {
  try {
    const { payload } = await jwtVerify(assertion, keysOf(team), {
      issuer: team,
      audience: audiences,
      algorithms: ["RS256"],
      requiredClaims: ["exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
    });
    return Claims.parse(payload);
  } catch (thrown) {
    if (isOfTheAssertion(thrown)) throw accessNeeded();
    throw new Refusal(503, "access_unavailable", "The keys of Cloudflare Access cannot be had now; try again.");
  }
}

export const accessNeeded = () =>
  new Refusal(401, "access_needed", "This is for those whom Cloudflare Access has let through.");

function keysOf(team: string): JWTVerifyGetKey {
  const known = keysOfTeams.get(team);
  if (known !== undefined) return known;
  const keys = createRemoteJWKSet(new URL("/cdn-cgi/access/certs", team), KEYS);
  keysOfTeams.clear();
  keysOfTeams.set(team, keys);
  return keys;
}

/** Whether the assertion is at fault, and not the way to the keys. */
function isOfTheAssertion(thrown: unknown): boolean {
  if (thrown instanceof errors.JOSEError) return !OF_THE_KEYS.has(thrown.code);
  return thrown instanceof z.ZodError;
}
