import { z } from "zod";
import type { Outcome } from "./outcome.ts";

/** Control as it was deployed, asked over its own API. */
export type DeployedControl = {
  url: string;
  edgeUrl: string;
  /** Null when nobody here knows it. */
  adminToken: string | null;
  headers: Record<string, string>;
  fetch: typeof fetch;
  pause: (ms: number) => Promise<void>;
};

const LIMIT_MS = 15_000;
const BETWEEN_MS = 5_000;
/** A new custom domain needs minutes until its certificate is there; a new secret, seconds. */
const TRIES = 72;
const TRIES_OF_TOKEN = 12;

const Failure = z.object({ error: z.object({ code: z.string() }) });

/** Sees to it that the station is there. Waits for control to answer, for what was deployed just now takes its time. */
export async function ensureStation(
  control: DeployedControl,
  station: { slug: string; name: string },
): Promise<Outcome> {
  const there = { changed: false, said: `Station ${station.slug} is there.` };
  if (control.adminToken === null) {
    if (await isServed(control, station.slug)) return there;
    throw new Error(
      `Station ${station.slug} is not there, and nobody here knows an admin token: set ADMIN_TOKEN, or --new-tokens.`,
    );
  }
  const path = `/stations/${station.slug}`;
  const found = await askPatiently(control, "GET", path);
  if (found.status === 200) return there;
  if (found.status !== 404) throw refused(found, `GET ${path}`);
  const made = await askPatiently(control, "POST", "/stations", station);
  if (made.status !== 201 && made.status !== 409) throw refused(made, "POST /stations");
  return { changed: true, said: `Station ${station.slug} made.` };
}

type Answer = { status: number; code: string | null };

/** Asks until control itself answers; throws when it does not, and when it goes on knowing nothing of the token. */
async function askPatiently(control: DeployedControl, method: string, path: string, body?: object): Promise<Answer> {
  let last: Answer = { status: 0, code: null };
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    last = await ask(control, method, path, body);
    if (last.status === 401 ? attempt >= TRIES_OF_TOKEN : isOwnWord(last)) return last;
    if (attempt < TRIES) await control.pause(BETWEEN_MS);
  }
  throw refused(last, `${method} ${path}`);
}

/** What answers before the Worker is in place has no words of control's. */
function isOwnWord({ status, code }: Answer): boolean {
  return status !== 0 && status < 500 && (status < 400 || code !== null);
}

async function ask(control: DeployedControl, method: string, path: string, body?: object): Promise<Answer> {
  try {
    const answer = await control.fetch(`${control.url}/api/v1${path}`, {
      method,
      headers: {
        ...control.headers,
        authorization: `Bearer ${control.adminToken}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    const failure = Failure.safeParse(parseJson(await answer.text()));
    return { status: answer.status, code: failure.success ? failure.data.error.code : null };
  } catch {
    return { status: 0, code: null };
  }
}

async function isServed({ edgeUrl, fetch: ask }: DeployedControl, slug: string): Promise<boolean> {
  const answer = await ask(`${edgeUrl}/${slug}/live.m3u8`, { signal: AbortSignal.timeout(LIMIT_MS) });
  await answer.body?.cancel();
  return answer.ok;
}

function refused({ status, code }: Answer, what: string): Error {
  if (status === 0) return new Error(`Control does not answer (${what}).`);
  if (code === "access_needed" || (status >= 300 && status < 400)) {
    return new Error(
      "Control stands behind Cloudflare Access: set CF_ACCESS_CLIENT_ID and CF_ACCESS_CLIENT_SECRET to a service token's.",
    );
  }
  if (status === 401) {
    return new Error("Control does not take this admin token: set ADMIN_TOKEN to one that it takes, or --new-tokens.");
  }
  return new Error(`Control answered ${status} ${code ?? ""} to ${what}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
