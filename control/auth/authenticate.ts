import { and, eq, isNull } from "drizzle-orm";
import type { OriginId, Sha256 } from "../../contracts/names.ts";
import type { Database } from "../db/database.ts";
import { origins, tokens } from "../db/schema.ts";
import type { Settings } from "../environment.ts";
import { equalHashes, sha256Of } from "./hash.ts";

/** Who speaks. */
export type Actor = { kind: "admin" | "enrolment" | "metrics"; name: string } | { kind: "origin"; name: OriginId };

/** The hash of the bearer token (RFC 6750, 2.1) in an Authorization header; null when there is none. */
export async function bearerHash(header: string | undefined): Promise<Sha256 | null> {
  const token = header?.match(/^Bearer +([\x21-\x7e]{1,256})$/i)?.[1];
  return token === undefined ? null : sha256Of(token);
}

/** Whose token has this hash; null when nobody's. The tokens of the environment need no database. */
export async function authenticate(sha256: Sha256, settings: Settings, db: Database): Promise<Actor | null> {
  if (await isHashOf(sha256, settings.ADMIN_TOKEN)) return { kind: "admin", name: "bootstrap" };
  if (await isHashOf(sha256, settings.ENROL_TOKEN)) return { kind: "enrolment", name: "bootstrap" };
  if (await isHashOf(sha256, settings.METRICS_TOKEN)) return { kind: "metrics", name: "bootstrap" };
  const token = await db.query.tokens.findFirst({ where: and(eq(tokens.sha256, sha256), isNull(tokens.revokedAt)) });
  if (!token || !equalHashes(token.sha256, sha256)) return null;
  if (token.kind !== "origin") return { kind: token.kind, name: token.name };
  const origin = await db.query.origins.findFirst({ where: eq(origins.tokenId, token.id) });
  return origin ? { kind: "origin", name: origin.id } : null;
}

async function isHashOf(sha256: Sha256, plain: string | undefined): Promise<boolean> {
  return plain !== undefined && equalHashes(sha256, await sha256Of(plain));
}
