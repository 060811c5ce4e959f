import type { MediaState } from "../../contracts/media.ts";

/** What can happen to a file of the library. */
export type MediaStep =
  /** An origin takes it up, gives it back, has prepared it, or finds that nobody can. */
  | "claim"
  | "return"
  | "finish"
  | "fail"
  /** A reviewer decides, or asks for it to be prepared once more. */
  | "approve"
  | "reject"
  | "retry";

/** What decides with the state: whether it has been prepared, and whether its station approves what was. */
export type MediaFacts = { isPrepared: boolean; isApprovedAutomatically: boolean };

/**
 * The state after a step, null where the step is not allowed. Nothing is approved that was not prepared, and by itself
 * only where the station wants it so: all other ways to `approved` lead through a reviewer.
 */
export function mediaStateAfter(state: MediaState, step: MediaStep, facts: MediaFacts): MediaState | null {
  switch (step) {
    case "claim":
      return state === "uploaded" ? "preparing" : null;
    case "return":
      return state === "preparing" ? "uploaded" : null;
    case "finish":
      if (state !== "preparing") return null;
      return facts.isApprovedAutomatically ? "approved" : "in-review";
    case "fail":
      return state === "uploaded" || state === "preparing" ? "rejected" : null;
    case "approve":
      return facts.isPrepared && (state === "in-review" || state === "rejected") ? "approved" : null;
    case "reject":
      return state === "in-review" || state === "approved" ? "rejected" : null;
    case "retry":
      return state === "rejected" && !facts.isPrepared ? "uploaded" : null;
  }
}
