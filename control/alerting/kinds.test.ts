import { describe, expect, it } from "vitest";
import { ALERT_KINDS, kindOf } from "./kinds.ts";

describe("each kind of alert", () => {
  it.each(Object.entries(ALERT_KINDS))(
    "%s has a runbook of one screen with its severity",
    async (kind, { severity }) => {
      const { default: page }: { default: string } = await import(`../../docs/runbooks/${kind}.md?raw`);
      const [title, , grade] = page.split("\n");
      expect(title).toMatch(new RegExp(`^# ${kind}: \\S`));
      expect(grade).toBe(`Severity: ${severity}.`);
      expect(page.split("\n").length).toBeLessThanOrEqual(45);
    },
  );

  it("is known by its name, and nothing else is", () => {
    expect(kindOf("clock-off")).toBe(ALERT_KINDS["clock-off"]);
    expect([kindOf("toString"), kindOf("gone")]).toEqual([null, null]);
  });
});
