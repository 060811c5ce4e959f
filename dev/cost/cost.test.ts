import { describe, expect, it } from "vitest";
import { billOf } from "./bill.ts";
import { readRadio } from "./options.ts";
import { dollarsFor, PRICES } from "./prices.ts";
import type { Radio } from "./radio.ts";
import { playlistsASecond, ratesOf } from "./rates.ts";
import { costText } from "./text.ts";

const radio: Radio = {
  stations: 1,
  listeners: 1000,
  seconds: 3.2,
  renditions: 2,
  origins: 2,
  nodes: 2,
  places: 1,
  sessionMinutes: 60,
  kilobits: 176,
  mode: "edge",
};
const MONTH_S = 30 * 86_400;

describe("a price", () => {
  it("is asked for what exceeds the allowance, of R2 for each million that has begun", () => {
    expect(dollarsFor(10e6, PRICES.requests)).toBe(0);
    expect(dollarsFor(12_500_000, PRICES.requests)).toBeCloseTo(0.75);
    expect(dollarsFor(1_000_001, PRICES.classA)).toBe(4.5);
    expect(dollarsFor(3e6, PRICES.classA)).toBe(9);
  });
});

describe("what a listener asks for", () => {
  it("is a playlist and a segment for each segment's length, of which the Worker sees what the way leaves it", () => {
    const ofOne = (mode: Radio["mode"]) => {
      const many = ratesOf({ ...radio, mode }).listening.requests;
      return (many - ratesOf({ ...radio, mode, listeners: 0 }).listening.requests) / radio.listeners;
    };
    expect(ofOne("edge") * 3600).toBeCloseTo(1125 + 1125 + 1);
    expect(ofOne("segments") * 3600).toBeCloseTo(1125 + 1);
    expect(ofOne("static") * 3600).toBeCloseTo(1);
  });

  it("is a playlist in vain now and then where none is held, by as much as segments exceed the target duration", () => {
    expect(playlistsASecond({ seconds: 3.2, mode: "static" }) * 3600).toBeCloseTo(1275);
    expect(playlistsASecond({ seconds: 8, mode: "static" }) * 3600).toBeCloseTo(450);
  });
});

describe("a month's bill", () => {
  it("has each upload of each origin as a request and a write, and a playlist for each rendition where the bucket has them", () => {
    const { uploads } = ratesOf(radio);
    expect(uploads.classA * 3.2).toBeCloseTo(6);
    expect(uploads.requests * 3.2).toBeCloseTo(6 + (2 * 3.2) / 4.5);
    expect(ratesOf({ ...radio, mode: "static" }).uploads.classA * 3.2).toBeCloseTo(8);
  });

  it("grows with the listeners by the edge alone: by the bucket they cost next to nothing", () => {
    const more = (mode: Radio["mode"]) =>
      billOf({ ...radio, mode, listeners: 11_000 }).total - billOf({ ...radio, mode }).total;
    expect(more("edge")).toBeGreaterThan(4500);
    expect(more("segments") / more("edge")).toBeCloseTo(0.5, 1);
    expect(more("static")).toBeLessThan(5);
  });

  it("adds up", () => {
    const { dollars, total, perThousandHours, operations } = billOf(radio);
    expect(total).toBeCloseTo(Object.values(dollars).reduce((sum, each) => sum + each, 0));
    expect(perThousandHours).toBeCloseTo(total / 720);
    expect(operations.classA).toBeCloseTo((6 / 3.2) * MONTH_S);
    expect(billOf({ ...radio, listeners: 0 }).perThousandHours).toBeNull();
  });
});

describe("npm run cost", () => {
  it("prints a column for each way, or for the one that is asked for", () => {
    const { radio: asked, modes } = readRadio(["--stations", "10", "--listeners", "1000", "--seconds", "3.2"]);
    const text = costText(asked, modes);
    expect(text).toMatch(/^ +edge +segments +static$/m);
    expect(text).toMatch(/^ {2}a month +\$\d+\.\d\d +\$\d+\.\d\d +\$\d+\.\d\d$/m);
    expect(text).toContain("Cloudflare's prices of October 2026");
    expect(costText(asked, ["static"])).toMatch(/^ +static$/m);
  });

  it("takes defaults for what is not said, and refuses what there is not", () => {
    expect(readRadio([]).radio).toMatchObject({ stations: 1, origins: 2, nodes: 2, renditions: 2, kilobits: 176 });
    expect(readRadio(["--renditions", "3", "--origins", "3"]).radio).toMatchObject({ nodes: 3, kilobits: 304 });
    expect(() => readRadio(["--seconds", "4"])).toThrow("one of 3.2, 6.4, 8");
    expect(() => readRadio(["--mode", "pigeon"])).toThrow("mode");
    expect(() => readRadio(["--wings", "2"])).toThrow("--wings");
  });
});
