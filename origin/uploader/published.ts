import { z } from "zod";
import type { StationSlug } from "../../contracts/names.ts";
import { type Published, PublishedAnswer } from "../../contracts/published.ts";
import { StationIndex } from "../../contracts/station-index.ts";
import { MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { withTimeout } from "../../kit/race.ts";
import { describeNetworkError, type EdgeFailure, type Fetch, judgeAnswer, readText } from "./edge-request.ts";

const REQUEST_MS = 5000;

/** Why the edge gave no answer to go by; `kind` says whether asking again may help. */
export class EdgeError extends Error {
  override name = "EdgeError";
  readonly kind: EdgeFailure["kind"];

  constructor(kind: EdgeFailure["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type EdgeStation = {
  edgeUrl: string;
  station: StationSlug;
  token(): string | null;
  fetch?: Fetch;
};

/**
 * The newest segment that any origin has published of the station; null before the first.
 *
 * @throws EdgeError
 */
export async function readPublished(edge: EdgeStation): Promise<Published | null> {
  return (await readPublishedAnswer(edge)).published;
}

/**
 * The same, and whom the routing names as the studio where the edge tells it.
 *
 * @throws EdgeError
 */
export async function readPublishedAnswer(edge: EdgeStation): Promise<PublishedAnswer> {
  const answer = await readFromEdge(edge, "published");
  if (answer.status === 404) throw new EdgeError("denied", "the edge does not know the station");
  return parse(PublishedAnswer, answer.text);
}

/**
 * The index that this origin has at the edge; null when it has none.
 *
 * @throws EdgeError
 */
export async function readOwnIndex(edge: EdgeStation): Promise<StationIndex | null> {
  const answer = await readFromEdge(edge, "index.json");
  return answer.status === 404 ? null : parse(StationIndex, answer.text);
}

/** A success, or a 404, of which each caller makes its own. */
async function readFromEdge(edge: EdgeStation, path: string): Promise<{ status: number; text: string }> {
  const { edgeUrl, station, fetch = globalThis.fetch } = edge;
  const token = edge.token();
  if (token === null) throw new EdgeError("denied", "this origin has no token yet");
  const url = `${edgeUrl}/origin/v1/${station}/${path}`;
  const { status, ok, text } = await withTimeout(REQUEST_MS, `GET ${url}`, async (signal) => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: "error", signal });
    return { status: response.status, ok: response.ok, text: await readText(response, MAX_INDEX_BYTES) };
  }).catch((thrown: unknown) => {
    throw new EdgeError("retry", `GET ${url}: ${describeNetworkError(thrown)}`);
  });
  if (ok || status === 404) return { status, text };
  const { kind, reason } = judgeAnswer(status, text, null);
  throw new EdgeError(kind, reason);
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    throw new EdgeError("refused", `the edge's answer makes no sense: ${why.slice(0, 300)}`);
  }
}
