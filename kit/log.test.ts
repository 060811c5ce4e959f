import { describe, expect, it } from "vitest";
import { createLog } from "./log.ts";

describe("The log", () => {
  it("writes one JSON object a line, with the fields of whoever speaks", () => {
    const lines: string[] = [];
    createLog({ write: (line) => lines.push(line), fields: { origin: "origin-1" } })
      .with({ station: "demo" })
      .warn("late\nline", { ms: 5 });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "warn",
      message: "late\nline",
      origin: "origin-1",
      station: "demo",
      ms: 5,
    });
    expect(lines[0]).not.toContain("\n");
  });

  it("leaves out what is below its level", () => {
    const lines: string[] = [];
    const log = createLog({ level: "warn", write: (line) => lines.push(line) });
    log.debug("a");
    log.info("b");
    log.error("c");
    expect(lines).toHaveLength(1);
  });
});
