import { expect, it } from "vitest";
import { createIncidentGate, type Incident } from "./incident-gate.ts";

it("reports a cause once a minute, and other causes at once", () => {
  let now = 0;
  const reported: Incident[] = [];
  const report = createIncidentGate({ now: () => now, monotonic: () => now }, (incident) => reported.push(incident));
  for (now = 0; now < 120_000; now += 1000) {
    report({ kind: "encoder-restarted", message: `${now}` }, "aac-48k");
    if (now === 5000) report({ kind: "encoder-restarted", message: "other" }, "aac-128k");
  }
  expect(reported.map(({ message }) => message)).toEqual(["0", "other", "60000"]);
});
