import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** The secret kept in a file; made up, and kept for the next start, where there is none yet. */
export function keptSecret(file: string, make: () => string = () => randomBytes(24).toString("base64url")): string {
  const kept = readKept(file);
  if (kept !== null) return kept;
  const made = make();
  keepSecret(file, made);
  return made;
}

/** Writes a file that nobody but its owner may read. */
export function keepSecret(file: string, secret: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

/** What a secret file holds; null where there is none. */
export function readKept(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim() || null;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
}
