import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MediaState } from "../../contracts/media.ts";
import { type MediaFacts, type MediaStep, mediaStateAfter } from "./state.ts";

const STEPS: MediaStep[] = ["claim", "return", "finish", "fail", "approve", "reject", "retry"];
const BY_HAND: MediaFacts = { isPrepared: true, isApprovedAutomatically: false };

describe("the state of a file of the library", () => {
  it.each<[MediaState, MediaStep, Partial<MediaFacts>, MediaState | null]>([
    ["uploaded", "claim", {}, "preparing"],
    ["preparing", "claim", {}, null],
    ["approved", "claim", {}, null],
    ["preparing", "return", {}, "uploaded"],
    ["approved", "return", {}, null],
    ["preparing", "finish", {}, "in-review"],
    ["preparing", "finish", { isApprovedAutomatically: true }, "approved"],
    ["uploaded", "finish", { isApprovedAutomatically: true }, null],
    ["rejected", "finish", { isApprovedAutomatically: true }, null],
    ["uploaded", "fail", {}, "rejected"],
    ["preparing", "fail", {}, "rejected"],
    ["approved", "fail", {}, null],
    ["in-review", "approve", {}, "approved"],
    ["rejected", "approve", {}, "approved"],
    ["rejected", "approve", { isPrepared: false }, null],
    ["uploaded", "approve", {}, null],
    ["preparing", "approve", {}, null],
    ["approved", "approve", {}, null],
    ["in-review", "reject", {}, "rejected"],
    ["approved", "reject", {}, "rejected"],
    ["uploaded", "reject", {}, null],
    ["rejected", "retry", { isPrepared: false }, "uploaded"],
    ["rejected", "retry", {}, null],
    ["approved", "retry", { isPrepared: false }, null],
  ])("that is %s goes by %s, %j, to %s", (state, step, facts, expected) => {
    expect(mediaStateAfter(state, step, { ...BY_HAND, ...facts })).toBe(expected);
  });

  it("is never approved but by a reviewer, or by a station that wants it so, and after it was prepared", () => {
    const anyStep = fc.constantFrom(...STEPS);
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), fc.boolean(), (steps, isApprovedAutomatically) => {
        let state: MediaState = "uploaded";
        let isPrepared = false;
        for (const step of steps) {
          const next = mediaStateAfter(state, step, { isPrepared, isApprovedAutomatically });
          if (next === null) continue;
          if (step === "finish") isPrepared = true;
          if (next === "approved") {
            expect(isPrepared).toBe(true);
            expect(step === "approve" || (step === "finish" && isApprovedAutomatically)).toBe(true);
          }
          state = next;
        }
      }),
    );
  });

  it("allows no step by which it stays where it is", () => {
    for (const state of MediaState.options) {
      for (const step of STEPS) expect(mediaStateAfter(state, step, BY_HAND)).not.toBe(state);
    }
  });
});
