import { describe, expect, it } from "vitest";
import { createIncidentIds } from "./incident-id.ts";

describe("the ids of incidents", () => {
  it("are UUIDs of version 7 that ascend with time, and within one ms with the order of their making", () => {
    const nextId = createIncidentIds();
    const now = 1_800_000_000_000;
    const ids = [...Array.from({ length: 300 }, () => nextId(now)), nextId(now + 1), nextId(now + 1)];
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
