import { describe, expect, it } from "vitest";
import type { PlannedRelay, StationPlan } from "../../contracts/plan.ts";
import type { RundownItem } from "../../contracts/rundown-item.ts";
import type { SlotContent } from "../../contracts/slot.ts";
import { frameAt } from "../../contracts/timeline.ts";
import { wantedRelays } from "./wanted-relays.ts";

const ids = { news: crypto.randomUUID(), sport: crypto.randomUUID(), other: crypto.randomUUID() };
const relay = (name: keyof typeof ids, parts: Partial<PlannedRelay> = {}): PlannedRelay => ({
  id: ids[name],
  name,
  url: `http://radio.example/${name}`,
  isOnAir: false,
  isTrial: false,
  ...parts,
});
const FROM = 100_000;
const UNTIL = 110_000;
const slot = (content: SlotContent, from = FROM, until = UNTIL) => ({
  ...{ entry: crypto.randomUUID(), title: "", host: "", from, until, start: "hard" as const, content },
});
const relaying = (name: keyof typeof ids, from = FROM, until = UNTIL) =>
  slot({ kind: "relay", relay: ids[name] }, from, until);

function wanted(plan: Pick<StationPlan, "relays" | "slots">, frame: number, tracks: [number, number][] = []) {
  const items = tracks.map(
    ([from, until]) => ({ from: from * 1024, until: until * 1024, fadeOut: 2048 }) as RundownItem,
  );
  const at = (from: number, until: number) => items.filter((item) => item.from < until && from < item.until);
  const { onAir, connected, trial } = wantedRelays({ plan, rundown: { at } }, frame);
  return {
    onAir: onAir?.name ?? null,
    connected: connected.map(({ name }) => name),
    trial: trial.map(({ name }) => name),
  };
}

describe("the relay that is on air", () => {
  const plan = {
    relays: [relay("news"), relay("sport")],
    slots: [relaying("news"), relaying("sport", UNTIL, 120_000)],
  };

  it.each([
    ["before its slot", FROM - 1, null, ["news"]],
    ["long before its slot", FROM - frameAt(15_000) - 1, null, []],
    ["in its slot's first frame", FROM, "news", ["news"]],
    ["in its slot's last frame, with the next one connected", UNTIL - 1, "news", ["news", "sport"]],
    ["in the next slot", UNTIL, "sport", ["sport"]],
    ["after all slots", 120_000, null, []],
  ])("is right %s", (_title, frame, onAir, connected) => {
    expect(wanted(plan, frame)).toEqual({ onAir, connected, trial: [] });
  });

  it("is the one put on air by hand, before and during any slot", () => {
    const byHand = { ...plan, relays: [relay("news"), relay("sport"), relay("other", { isOnAir: true })] };
    expect(wanted(byHand, 5)).toMatchObject({ onAir: "other", connected: ["other"] });
    expect(wanted(byHand, FROM)).toMatchObject({ onAir: "other", connected: ["other", "news"] });
  });

  it("is none in slots of another kind, or that name one that is not there any more", () => {
    const slots = [slot({ kind: "playlist", playlist: ids.news }), relaying("other", 200_000, 210_000)];
    expect(wanted({ relays: [relay("news")], slots }, FROM)).toMatchObject({ onAir: null, connected: [] });
    expect(wanted({ relays: [relay("news")], slots }, 200_000)).toMatchObject({ onAir: null, connected: [] });
  });

  it("is never one on trial, whatever names it", () => {
    const onTrial = { relays: [relay("news", { isTrial: true, isOnAir: true })], slots: [relaying("news")] };
    expect(wanted(onTrial, FROM)).toEqual({ onAir: null, connected: [], trial: ["news"] });
  });

  describe("whose slot starts softly", () => {
    const soft = { ...relaying("news"), start: "soft" as const };
    const relays = [relay("news"), relay("sport")];
    /** It is faded over the last two frames. */
    const running: [number, number][] = [
      [FROM - 5000, FROM + 1000],
      [FROM + 998, UNTIL],
    ];

    it("waits for the track that is on, to where the next would begin", () => {
      expect(wanted({ relays, slots: [soft] }, FROM + 997, running)).toMatchObject({
        onAir: null,
        connected: ["news"],
      });
      expect(wanted({ relays, slots: [soft] }, FROM + 998, running).onAir).toBe("news");
    });

    it("waits for nothing where no track is on, or another one than what was heard", () => {
      expect(wanted({ relays, slots: [soft] }, FROM, []).onAir).toBe("news");
      expect(wanted({ relays, slots: [soft] }, FROM, [[FROM, UNTIL]]).onAir).toBe("news");
      const slots = [relaying("sport", FROM - 9000, FROM), soft];
      expect(wanted({ relays, slots }, FROM, running).onAir).toBe("news");
    });
  });

  it("is connected once where its slots follow one another", () => {
    const slots = [relaying("news"), relaying("news", UNTIL, 120_000)];
    expect(wanted({ relays: [relay("news")], slots }, UNTIL - 1)).toMatchObject({ connected: ["news"] });
  });
});
