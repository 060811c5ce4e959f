import { AttrList } from "hls.js/light";
import { describe, expect, it } from "vitest";
import { itemTag } from "../../../contracts/date-range.ts";
import type { ProgrammeItem } from "../../../contracts/programme-item.ts";
import { isoTime } from "../../../contracts/timeline.ts";
import { announcedItems } from "./announced-items.ts";

const FRAME = 83_437_500_000;
const tide: ProgrammeItem = { frame: FRAME, source: "autopilot", title: "Tide", artist: "", frames: 900 };
const talk: ProgrammeItem = {
  ...{ frame: FRAME + 75, source: "live", title: 'Say "hello", all=you', artist: "Zoë 🎙", frames: null },
  ...{ host: "Ann", cover: "c".repeat(64) },
};

/** As hls.js reads the tag. */
const read = (attributes: string) => ({ attr: new AttrList(attributes) });
const tagOf = (item: ProgrammeItem) => itemTag("demo", item).tag.slice("#EXT-X-DATERANGE:".length);

describe("the items of a playlist", () => {
  it("are read as they were written, oldest first", () => {
    expect(announcedItems({ b: read(tagOf(talk)), a: read(tagOf(tide)) })).toEqual([
      { source: "autopilot", title: "Tide", artist: "", startsAt: isoTime(FRAME) },
      {
        source: "live",
        title: "Say 'hello', all=you",
        artist: "Zoë 🎙",
        host: "Ann",
        art: `/demo/art/${"c".repeat(64)}.jpg`,
        startsAt: isoTime(FRAME + 75),
      },
    ]);
  });

  it.each([
    ["something else's", tagOf(tide).replace("radio-dream.item", "com.example.advert")],
    ["of a source that we do not know", tagOf(tide).replace('"autopilot"', '"robot"')],
    ["without a time", tagOf(tide).replace(/START-DATE="[^"]*"/, 'START-DATE="soon"')],
  ])("are left out when they are %s", (_, attributes) => {
    expect(announcedItems({ a: read(attributes), b: undefined })).toEqual([]);
  });
});
