import type { OriginId } from "../../contracts/names.ts";
import type { Routing } from "../../contracts/routing.ts";
import { EdgeError } from "../edge-error.ts";
import type { Reach } from "../reach.ts";
import type { RoutingReader } from "../routing/routing-reader.ts";
import { sha256Of } from "../sha256.ts";

/** Which origin a caller is, as his bearer token says. Throws 401, or 403 when X-Origin-Id names another. */
export async function authenticate(
  request: Request,
  routing: RoutingReader,
  reach: Reach,
): Promise<{ origin: OriginId; routing: Routing }> {
  const token = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) throw new EdgeError(401, "token_missing", "A bearer token is required.");
  const hash = await sha256Of(new TextEncoder().encode(token));
  let snapshot = await routing.current(reach);
  let origin = holderOf(hash, snapshot);
  if (origin === null) {
    snapshot = await routing.demand(reach);
    origin = holderOf(hash, snapshot);
  }
  if (origin === null) throw new EdgeError(401, "token_wrong", "The token is not that of any origin.");
  const claimed = request.headers.get("x-origin-id");
  if (claimed !== null && claimed !== origin) {
    throw new EdgeError(403, "foreign_prefix", `The token is that of ${origin}, not of the origin in X-Origin-Id.`);
  }
  return { origin, routing: snapshot };
}

/** Compares with every origin's hash in full, so that the time taken tells nothing. */
function holderOf(hash: string, routing: Routing): OriginId | null {
  const encoder = new TextEncoder();
  const given = encoder.encode(hash);
  let holder: OriginId | null = null;
  for (const [origin, { tokenHash }] of Object.entries(routing.origins)) {
    if (tokenHash !== null && crypto.subtle.timingSafeEqual(given, encoder.encode(tokenHash))) holder = origin;
  }
  return holder;
}
