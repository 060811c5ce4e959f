import { describe, expect, it } from "vitest";
import { renderPage } from "./page.ts";
import { Sheet } from "./sheet.ts";

const run = { at: new Date(0), minutes: 18, quick: false, machine: { machine: "2 cores" }, busy: [0.1, 0.6] } as const;
const lineWith = (page: string, words: string) => page.split("\n").find((line) => line.includes(words));

describe("the page", () => {
  const sheet = new Sheet();
  sheet.put("dream", { "alone-1": [140, 142, 141], "killed-browser": [0, 0, 0], segments: [3000] });
  sheet.put("nginx", { "alone-1": [59, 60, 61], "killed-browser": [0, 0.05, 0], segments: [70_000] });
  sheet.put("liquidsoap", { "alone-1": [179] });
  const page = renderPage(run, sheet);
  const [, lose = "", rest = ""] = page.split(/## Where we (?:lose|win)/);

  it("says plainly where we lose, against the best of the peers", () => {
    expect(lose).toContain("- Memory and processor, memory, one station, each page once: 141 MB; nginx-rtmp 60 MB");
    expect(lose).toContain("- Served by one core, segments at 48 kbit/s: 3,000 a second; nginx-rtmp 70,000 a second");
  });

  it("calls the same what differs by less than is worth a word", () => {
    expect(rest.split("## Where it is the same")[1]).toContain("both there from the beginning, stall in hls.js");
  });

  it("shows medians with ranges, the best one in bold", () => {
    expect(lineWith(page, "| memory, one station")).toBe(
      "| memory, one station, each page once | MB | 141 (140–142) | **60 (59–61)** | 179 |",
    );
  });

  it("does not hide what else kept the machine busy", () => {
    expect(page).toContain("0.10 cores were busy with other things before it, 0.60 after it");
  });
});

it("a peer that fails is shown with the reason, once, and the others are measured all the same", async () => {
  const sheet = new Sheet({ error: () => {} });
  await sheet.measure("nginx", ["alone-1", "cpu-1"], () => Promise.reject(new Error("it did not start\nat all")));
  await sheet.measure("dream", ["alone-1"], async () => ({ "alone-1": [141] }));
  const page = renderPage(run, sheet);
  expect(lineWith(page, "| memory, one station")).toContain("| 141 | failed |");
  expect(page.match(/nginx-rtmp: it did not start$/gm)).toHaveLength(1);
});

it("what was measured before a peer failed stays", async () => {
  const sheet = new Sheet({ error: () => {} });
  await sheet.measure("nginx", ["alone-1", "cpu-1"], async () => {
    sheet.put("nginx", { "alone-1": [60] });
    throw new Error("it did not end");
  });
  expect(sheet.cell("alone-1", "nginx")).toMatchObject({ median: 60 });
  expect(sheet.cell("cpu-1", "nginx")).toEqual({ failed: "it did not end" });
});
