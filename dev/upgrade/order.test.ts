import { describe, expect, it } from "vitest";
import { readOrder } from "./order.ts";
import { storyLines } from "./story.ts";

const WHERE = { control: "https://control.example/", token: "rda_x" };
const read = (values: object, ...positionals: string[]) => readOrder({ values: { ...WHERE, ...values }, positionals });
const at = { control: "https://control.example", token: "rda_x" };

describe("npm run upgrade", () => {
  it("begins with what is named, and leaves the rest to control", () => {
    expect(read({ version: "2.0.0" })).toEqual({ ...at, command: "start", wanted: { version: "2.0.0" } });
    const all = { version: "2.0.0", image: "radio:2", origins: "origin-2,origin-1", "settle-seconds": "1.5" };
    expect(read(all)).toMatchObject({
      wanted: { version: "2.0.0", image: "radio:2", origins: ["origin-2", "origin-1"], settleMs: 1500 },
    });
  });

  it("asks for the newest upgrade unless one is named", () => {
    expect(read({}, "rollback")).toEqual({ ...at, command: "rollback", id: null });
    expect(read({}, "status", "1234")).toMatchObject({ command: "status", id: "1234" });
  });

  it.each<[string, () => unknown, string]>([
    ["what to upgrade to", () => read({}), "To what?"],
    ["a command", () => read({}, "restart"), "no command restart"],
    ["no more than that", () => read({}, "pause", "1", "2"), "meant by 2"],
    ["where control is", () => read({ control: undefined, version: "2" }), "CONTROL_URL"],
    ["a token", () => read({ token: "", version: "2" }), "ADMIN_TOKEN"],
  ])("wants %s", (_what, act, words) => {
    expect(act).toThrow(words);
  });

  it("tells the story a line each, with the time and the place", () => {
    const story = [
      { at: Date.UTC(2026, 10, 22, 23, 5, 9), kind: "upgrade-began", origin: null, message: "to release 2.0.0" },
      {
        at: Date.UTC(2026, 10, 22, 23, 5, 11),
        kind: "upgrade-step",
        origin: "origin-2",
        message: "draining: its turn",
      },
    ];
    expect(storyLines({ story })).toEqual([
      "23:05:09  began: to release 2.0.0",
      "23:05:11  origin-2: draining: its turn",
    ]);
  });
});
