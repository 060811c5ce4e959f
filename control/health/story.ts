import type { OriginState } from "../../contracts/fleet.ts";
import type { Transition } from "./machine.ts";

/** One sentence of the story that incidents tell. */
export type Event = { kind: string; message: string };

/** What a transition adds to the story, in order. */
export function eventsOf(from: OriginState, { to, reason, failedTry }: Transition): Event[] {
  const event = (kind: string): Event => ({ kind, message: reason });
  if (failedTry) return to === "failed" ? [event("trial-failed"), event("origin-failed")] : [event("trial-failed")];
  switch (to) {
    case "trial":
      return [event("origin-on-trial")];
    case "active":
      if (from === "suspect") return [event("origin-cleared")];
      return [
        event("origin-proven"),
        { kind: "origin-readmitted", message: "listeners are sent to it again, by and by" },
      ];
    case "suspect":
      return [event("origin-suspected")];
    case "evicted":
      if (from === "draining") return [event("origin-drained")];
      return from === "active" ? [event("origin-suspected"), event("origin-evicted")] : [event("origin-evicted")];
    case "failed":
      return [event("origin-failed")];
    case "reprovisioning":
      return [event("origin-recreated")];
    case "registering":
    case "draining":
      return [];
  }
}
