import { describe, expect, it } from "vitest";
import { segmentKey } from "../../contracts/storage.ts";
import { LIFECYCLE_RULES, withOurRules } from "./lifecycle.ts";

const THEIRS = { id: "theirs", enabled: true, conditions: { prefix: "archive/" } };

describe("The lifecycle rules of a bucket", () => {
  it("let segments go, and nothing else", () => {
    const deleting = LIFECYCLE_RULES.filter((rule) => "deleteObjectsTransition" in rule);
    const goes = (key: string) => deleting.some(({ conditions }) => key.startsWith(conditions.prefix));
    expect(goes(segmentKey("demo", "origin-1", "aac-48k", 5))).toBe(true);
    for (const key of ["routing/current.json", "reel/demo/manifest.json", "media/demo/x/original"]) {
      expect(goes(key)).toBe(false);
    }
  });

  it("are added to those of others", () => {
    expect(withOurRules([THEIRS])).toEqual([THEIRS, ...LIFECYCLE_RULES]);
  });

  it("are left alone when they are there, whatever else the API says of them", () => {
    const answered = LIFECYCLE_RULES.map((rule) => ({ ...rule, storageClassTransitions: [] }));
    expect(withOurRules([...answered, THEIRS])).toBeNull();
  });

  it("are put right when somebody has changed them", () => {
    const [first, ...others] = LIFECYCLE_RULES;
    expect(withOurRules([{ ...first, enabled: false }, THEIRS, ...others])).toEqual([THEIRS, ...LIFECYCLE_RULES]);
    expect(withOurRules([THEIRS, ...others])).toEqual([THEIRS, ...LIFECYCLE_RULES]);
  });
});
