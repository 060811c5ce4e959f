import { describe, expect, it } from "vitest";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import type { Ingest } from "../ingest/server.ts";
import { createAddressGuard } from "../relay/address.ts";
import { startStudio } from "./studio.ts";

describe("A studio that cannot start", () => {
  it("leaves no publisher behind, which would turn away the next attempt", () => {
    const onAir = new Set<string>();
    const ingest: Pick<Ingest, "publishProgramme"> = {
      publishProgramme(path) {
        if (onAir.size === 1) throw new Error(`${path} has a publisher`);
        onAir.add(path);
        return { header() {}, frame() {}, script() {}, close: () => void onAir.delete(path) };
      },
    };
    const start = () =>
      startStudio({
        desired: {
          ...{ slug: "demo", name: "Demo", framesPerSegment: 150, renditions: ["aac-48k", "aac-96k"], generation: 1 },
          ...{ roles: ["studio"], studio: { origin: "origin-1", url: "http://127.0.0.1:1" }, livePolicy: "auto" },
          ...{ liveAllowed: true, liveSilenceSeconds: 15, keys: [], feedSecret: "0".repeat(32) },
        },
        libraryFolder: "/nowhere",
        planned: () => null,
        prepared: { pathOf: () => null, discard: () => {} },
        relayGuard: createAddressGuard(false),
        ffmpeg: { ffmpeg: "ffmpeg", ffprobe: "ffprobe" },
        ingest: ingest as Ingest,
        ends: [],
        onIncident: () => {},
        clock: systemClock,
        log: createLog({ write: () => {} }),
      });
    expect(start).toThrow("has a publisher");
    expect(onAir).toEqual(new Set());
  });
});
