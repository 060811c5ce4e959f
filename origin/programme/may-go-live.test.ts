import { describe, expect, it } from "vitest";
import type { Slot, SlotContent } from "../../contracts/slot.ts";
import { frameAt } from "../../contracts/timeline.ts";
import { mayGoLive } from "./may-go-live.ts";

/** Frames of a moment in minutes. */
const at = (minutes: number) => frameAt(minutes * 60_000);
const slot = (from: number, until: number, content: SlotContent): Slot => ({
  entry: crypto.randomUUID(),
  title: "A slot",
  host: "",
  from: at(from),
  until: at(until),
  start: "hard",
  content,
});
const live = (keys: string[], overrunMinutes = 10): SlotContent => ({
  kind: "live",
  keys,
  absent: null,
  overrunMinutes,
});
const show: SlotContent = { kind: "show", media: [crypto.randomUUID()] };

/** Ada's hour, Bob's hour, a show, and an hour for everyone. */
const SLOTS = [
  slot(60, 120, live(["ada"])),
  slot(120, 180, live(["bob"])),
  slot(180, 240, show),
  slot(300, 360, live([])),
];
const may = (keyId: string, minute: number, heardSince: number | null = null) =>
  mayGoLive({ slots: SLOTS }, at(minute), { keyId, heardSince: heardSince === null ? null : at(heardSince) });

describe("who may go live", () => {
  it("is everyone where nothing is scheduled, and in slots that are not for hosts", () => {
    expect([may("ada", 0), may("bob", 59), may("carol", 200), may("carol", 250)]).toEqual([true, true, true, true]);
  });

  it("is in a live slot whose key is listed, from its first frame to its last", () => {
    expect([may("ada", 60), may("bob", 60), may("bob", 119.99), may("bob", 120)]).toEqual([true, false, false, true]);
  });

  it("is everyone in a live slot that lists nobody", () => {
    expect(may("carol", 330)).toBe(true);
  });

  it("does not include those who are on air when the slot of another begins", () => {
    expect(may("bob", 60, 30)).toBe(false);
  });

  it("includes those who were on air at the end of their slot, for its overrun, even into the next", () => {
    expect([may("ada", 125, 70), may("ada", 129.9, 70), may("ada", 130, 70)]).toEqual([true, true, false]);
  });

  it("does not include those who have outstayed, until the next slot that is for them", () => {
    expect([may("ada", 250, 70), may("ada", 300, 70), may("ada", 365, 70), may("ada", 370, 70)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it("includes those who came after their slot, as it does everyone", () => {
    expect([may("bob", 195, null), may("bob", 195, 185)]).toEqual([true, true]);
  });
});
