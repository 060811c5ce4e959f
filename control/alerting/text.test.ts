import { describe, expect, it } from "vitest";
import { ALERT_KINDS } from "./kinds.ts";
import { makeAlert } from "./test-alerting.ts";
import { textOf } from "./text.ts";

const alert = makeAlert({ id: "a-1", since: Date.UTC(2026, 10, 22, 17, 2, 30) });

describe("what people read", () => {
  it("says what, where, since when, what was done and what to do", () => {
    expect(textOf([{ reason: "raised", alert }])).toEqual({
      subject: "[critical] station demo: No origin makes segments",
      text: [
        "What: No origin makes segments",
        "Where: station demo",
        "Since: 2026-11-22 17:02 UTC",
        "Done: Listeners hear the station's emergency reel.",
        "To do: Give the station an origin: readmit one, or start one.",
        "Runbook: docs/runbooks/station-silent.md",
        "Alert: a-1",
      ].join("\n"),
      short: [
        "[critical] station demo: No origin makes segments",
        "Since: 2026-11-22 17:02 UTC",
        "Done: Listeners hear the station's emergency reel.",
        "To do: Give the station an origin: readmit one, or start one.",
        "Runbook: station-silent",
      ].join("\n"),
    });
  });

  it("says that nobody has taken it on, or that it is over", () => {
    expect(textOf([{ reason: "escalated", alert }]).subject).toBe(
      "[critical, not acknowledged] station demo: No origin makes segments",
    );
    const over = textOf([{ reason: "resolved", alert: { ...alert, resolvedAt: alert.since + 60_000 } }]);
    expect(over.subject).toBe("[resolved] station demo: No origin makes segments");
    expect(over.text).toContain("Over: 2026-11-22 17:03 UTC\nTo do: nothing");
  });

  it("is one list of a flood, cut where it gets long", () => {
    const tellings = Array.from({ length: 30 }, (_, index) => ({
      reason: index < 28 ? ("raised" as const) : ("resolved" as const),
      alert: makeAlert({ station: null, origin: `origin-${index}` }),
    }));
    const { subject, text, short } = textOf(tellings);
    expect(subject).toBe("[summary] 28 alerts, 2 resolved");
    expect(text.split("\n")).toHaveLength(10);
    expect(text).toContain("and 22 more");
    expect(short.length).toBeLessThanOrEqual(320);
  });

  it.each(Object.entries(ALERT_KINDS))("fits into two SMS for %s, and stays plain ASCII", (kind) => {
    const what = "Its clock is 300.0 s fast";
    const { short } = textOf([{ reason: "escalated", alert: makeAlert({ kind, what }) }]);
    expect(short).not.toContain("...");
    expect(short).toMatch(/^[\n\x20-\x7e]+$/);
  });
});
