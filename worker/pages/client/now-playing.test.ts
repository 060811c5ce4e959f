import { describe, expect, it } from "vitest";
import type { NowJson } from "../../../contracts/now-json.ts";
import { heardAt, nextPollIn, withAnnounced } from "./now-playing.ts";

const at = (second: number) => new Date(Date.UTC(2030, 0, 1, 12, 0, second));
const item = (title: string, second: number, source: "live" | "autopilot" = "autopilot") => ({
  source,
  title,
  artist: "Someone",
  startsAt: at(second).toISOString(),
});
const tide = item("Morning Tide", 0);
const train = item("Night Train", 20);
const talk = item("Anna", 40, "live");
const NOW: NowJson = {
  station: "demo",
  name: "Demo",
  now: { ...talk, endsAt: null },
  history: [talk, train, tide],
  next: [{ source: "autopilot", title: "Lanterns", artist: "" }],
};
const titles = (items: { title: string }[]) => items.map(({ title }) => title);

describe("what a listener hears", () => {
  it("is what was on when the sound they hear was on air, not what is on air now", () => {
    const heard = heardAt(NOW, at(39));
    expect(heard.item).toEqual(train);
    expect(titles(heard.before)).toEqual(["Morning Tide"]);
    expect(titles(heard.coming)).toEqual(["Anna", "Lanterns"]);
  });

  it("changes exactly at the item's first moment", () => {
    expect(heardAt(NOW, at(40)).item).toEqual(talk);
  });

  it("is what is on air for someone who does not listen yet", () => {
    const heard = heardAt(NOW, null);
    expect(heard.item).toEqual(talk);
    expect(titles(heard.before)).toEqual(["Night Train", "Morning Tide"]);
    expect(titles(heard.coming)).toEqual(["Lanterns"]);
  });

  it("is unknown before all that is known, which is then still to come", () => {
    const heard = heardAt(NOW, at(-1));
    expect(heard.item).toBeNull();
    expect(titles(heard.coming)).toEqual(["Morning Tide", "Night Train", "Anna", "Lanterns"]);
  });

  it("is unknown when nothing is on, and the present item when there is no history", () => {
    expect(heardAt({ ...NOW, now: null, history: [] }, at(50)).item).toBeNull();
    expect(heardAt({ ...NOW, history: [] }, at(50)).item?.title).toBe("Anna");
  });
});

describe("what the playlist announces", () => {
  const lanterns = item("Lanterns", 60);

  it("is known before what is on is asked for again, and comes no more", () => {
    const known = withAnnounced(NOW, [train, talk, { ...lanterns, artist: "" }]);
    expect(titles(heardAt(known, at(60)).before)).toEqual(["Anna", "Night Train", "Morning Tide"]);
    expect(titles(heardAt(known, at(59)).coming)).toEqual(["Lanterns"]);
    expect(heardAt(known, at(60)).coming).toEqual([]);
  });

  it("takes its place in time, also before what is known", () => {
    expect(titles(withAnnounced(NOW, [item("A flash", 30, "live")]).history)).toEqual([
      "Anna",
      "A flash",
      "Night Train",
      "Morning Tide",
    ]);
  });

  it("changes nothing when all of it is known", () => {
    expect(withAnnounced(NOW, [train, talk])).toBe(NOW);
    expect(withAnnounced(NOW, [])).toBe(NOW);
  });
});

describe("the next poll", () => {
  const ending = (second: number): NowJson => ({ ...NOW, now: { ...talk, endsAt: at(second).toISOString() } });
  const midday = at(0).getTime();

  it("comes after about ten seconds, not at the same moment for all listeners", () => {
    expect(nextPollIn(null, midday, () => 0, 10_000)).toBe(8000);
    expect(nextPollIn(NOW, midday, () => 1, 10_000)).toBeCloseTo(12_000);
  });

  it("comes sooner, when an item ends before, but late enough to learn of the next", () => {
    expect(nextPollIn(ending(3), midday, () => 0, 10_000)).toBe(7500);
    expect(nextPollIn(ending(-4), midday, () => 0, 10_000)).toBe(2000);
  });

  it("comes as usual when the item is overdue or ends much later", () => {
    expect(nextPollIn(ending(-20), midday, () => 0, 10_000)).toBe(8000);
    expect(nextPollIn(ending(50), midday, () => 0, 10_000)).toBe(8000);
  });
});
