import { describe, expect, it } from "vitest";
import { frameAt, rtmpTimestampOf } from "../../contracts/timeline.ts";
import { encodeAacFrame, encodeAacHeader, encodeScript, type FlvTag } from "../ingest/flv.ts";
import { copyProgramme } from "./programme-copy.ts";

const NOW = Date.UTC(2026, 10, 22);
const first = frameAt(NOW);
const clock = { now: () => NOW, monotonic: () => 0 };
const frame = (number: number): FlvTag => ({
  type: 8,
  timestamp: rtmpTimestampOf(number),
  payload: encodeAacFrame(Buffer.from([number - first])),
});
const stamp = (number: number): FlvTag => ({
  ...frame(number),
  type: 18,
  payload: encodeScript("onStamp", `${number - first}`),
});

function copy() {
  const out: string[] = [];
  const pass = copyProgramme(
    {
      header: (config) => out.push(`header ${config.toString("hex")}`),
      frame: (data) => out.push(`frame ${data[0]}`),
      script: (_, body) => out.push(`stamp ${body}`),
      close: () => out.push("closed"),
    },
    clock,
  );
  return { out, pass };
}

describe("A copy of the programme", () => {
  it("carries header, stamps and frames as they come", () => {
    const { out, pass } = copy();
    pass({ type: 8, timestamp: rtmpTimestampOf(first), payload: encodeAacHeader(Buffer.from([0x11, 0x90])) });
    for (const tag of [stamp(first), frame(first), frame(first + 1)]) pass(tag);
    expect(out).toEqual(["header 1190", "stamp 0", "frame 0", "frame 1"]);
  });

  it("lets nobody hear twice what a new studio renders anew", () => {
    const { out, pass } = copy();
    for (const number of [0, 1, 2, 3]) pass(frame(first + number));
    for (const tag of [stamp(first + 2), frame(first + 2), frame(first + 3), stamp(first + 4), frame(first + 4)])
      pass(tag);
    expect(out).toEqual(["frame 0", "frame 1", "frame 2", "frame 3", "stamp 4", "frame 4"]);
  });

  it("ends a circle: what comes back is not passed on again", () => {
    const one = copy();
    const other = copy();
    for (let round = 0; round < 5; round++) {
      one.pass(frame(first));
      other.pass(frame(first));
    }
    expect([...one.out, ...other.out]).toEqual(["frame 0", "frame 0"]);
  });

  it("passes nothing on but the programme", () => {
    const { out, pass } = copy();
    pass({ type: 9, timestamp: rtmpTimestampOf(first), payload: Buffer.from([0x17, 0]) });
    pass({ type: 18, timestamp: rtmpTimestampOf(first), payload: Buffer.from([5]) });
    expect(out).toEqual([]);
  });
});
