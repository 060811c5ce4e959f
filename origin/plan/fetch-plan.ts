import { MAX_PLAN_BYTES } from "../../contracts/plan.ts";
import { askEdge, EdgeError, type EdgeStation } from "../uploader/ask-edge.ts";

/** A large plan over a thin line takes a while. */
const WITHIN_MS = 30_000;

export type FetchedPlan = { etag: string; text: string };

/**
 * The plan that the edge has, unread; null when it is the one that `etag` names, or there is none.
 *
 * @throws EdgeError
 */
export async function fetchPlan(
  edge: EdgeStation,
  etag: string | null,
  signal: AbortSignal,
): Promise<FetchedPlan | null> {
  const answer = await askEdge(edge, "plan", { maxBytes: MAX_PLAN_BYTES, withinMs: WITHIN_MS, etag, signal });
  if (answer.status === 304 || answer.status === 404) return null;
  if (answer.etag === null) throw new EdgeError("refused", "the edge's answer has no ETag");
  return { etag: answer.etag, text: answer.text };
}
