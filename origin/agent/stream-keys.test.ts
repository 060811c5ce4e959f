import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { authorizer } from "./stream-keys.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const keys = [
  { id: "k1", name: "morning host", sha256: sha256("rdk_morning") },
  { id: "k2", name: "evening host", sha256: sha256("rdk_evening") },
];
const authorize = authorizer((slug) => (slug === "demo" ? { keys } : null));

describe("A stream key", () => {
  it("names its host", () => {
    expect(authorize("demo", "rdk_evening")).toEqual({ id: "k2", name: "evening host" });
  });

  it.each([
    ["a wrong key", "demo", "rdk_noon"],
    ["no key", "demo", ""],
    ["the hash itself", "demo", sha256("rdk_morning")],
    ["a key of another station", "other", "rdk_morning"],
  ])("is refused when it is %s", (_, station, key) => {
    expect(authorize(station, key)).toBeNull();
  });
});
