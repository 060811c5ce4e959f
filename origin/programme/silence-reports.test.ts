import { beforeEach, describe, expect, it } from "vitest";
import type { Incident } from "./incident-gate.ts";
import { SilenceReports } from "./silence-reports.ts";

const LIMIT = 15;
const MINUTE = 60_000;
const host = (silent: boolean, id = "live 1", name = "Ada") => ({ id, name, silent });

let now = 0;
let told: Incident[] = [];
let reports: SilenceReports;
beforeEach(() => {
  now = 0;
  told = [];
  reports = new SilenceReports((incident) => told.push(incident), { now: () => now, monotonic: () => now });
});

describe("the silence of a host", () => {
  it("is told once, and so is its end", () => {
    for (const silent of [false, true, true, false, false]) reports.look([host(silent)], LIMIT);
    expect(told).toEqual([
      { kind: "source-silent", message: "Ada: connected, and silent for 15 s or more" },
      { kind: "source-heard", message: "Ada: heard again" },
    ]);
  });

  it("is over when the host is gone", () => {
    reports.look([host(true)], LIMIT);
    reports.look([], LIMIT);
    reports.look([], LIMIT);
    expect(told.map(({ kind }) => kind)).toEqual(["source-silent", "source-gone"]);
  });

  it("is told again each half hour, before its alert would end", () => {
    for (; now < 61 * MINUTE; now += MINUTE) reports.look([host(true)], LIMIT);
    expect(told.map(({ kind }) => kind)).toEqual(["source-silent", "source-silent", "source-silent"]);
  });

  it("ends before another's begins, so that an alert for the station stands as long as one of them is silent", () => {
    reports.look([host(true)], LIMIT);
    reports.look([host(true, "live 2", "Grace"), host(false)], LIMIT);
    expect(told.map(({ kind, message }) => `${kind} ${message.split(":")[0]}`)).toEqual([
      "source-silent Ada",
      "source-heard Ada",
      "source-silent Grace",
    ]);
  });
});
