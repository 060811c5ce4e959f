import { segmentTime } from "../../contracts/timeline.ts";
import type { Copy } from "./merge.ts";

/** Unix ms at which a number was first published. None was before its time was over, whatever its origin's clock says. */
export function publishedAt(copies: readonly Copy[], number: number, framesPerSegment: number): number {
  const earliest = Math.min(...copies.map((copy) => copy.publishedAt));
  return Math.max(earliest, segmentTime(number + 1, framesPerSegment));
}
