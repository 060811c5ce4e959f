import { describe, expect, it } from "vitest";
import { audioPackets, counterAfter } from "./station-index.ts";

describe("The continuity counter", () => {
  it("runs on from segment to segment by the audio packets, not by the two packets of tables", () => {
    expect(audioPackets(188 * 122)).toBe(120);
    expect(counterAfter({ counter: 3, bytes: 188 * 122 })).toBe((3 + 120) % 16);
  });
});
