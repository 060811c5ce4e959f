import { z } from "zod";
import { type Published, PublishedAnswer } from "../../contracts/published.ts";
import { StationIndex } from "../../contracts/station-index.ts";
import { MAX_INDEX_BYTES } from "../../contracts/storage.ts";
import { askEdge, EdgeError, type EdgeStation } from "./ask-edge.ts";

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
  const answer = await askEdge(edge, "published", { maxBytes: MAX_INDEX_BYTES });
  if (answer.status === 404) throw new EdgeError("denied", "the edge does not know the station");
  return parse(PublishedAnswer, answer.text);
}

/**
 * The index that this origin has at the edge; null when it has none.
 *
 * @throws EdgeError
 */
export async function readOwnIndex(edge: EdgeStation): Promise<StationIndex | null> {
  const answer = await askEdge(edge, "index.json", { maxBytes: MAX_INDEX_BYTES });
  return answer.status === 404 ? null : parse(StationIndex, answer.text);
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown);
    throw new EdgeError("refused", `the edge's answer makes no sense: ${why.slice(0, 300)}`);
  }
}
