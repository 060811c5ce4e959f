import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { firstFrame, programmeTime } from "../../contracts/timeline.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog } from "../../kit/log.ts";
import { encodeFlvTag, FLV_AUDIO_HEADER, type FlvTag } from "../ingest/flv.ts";
import { tagsOf } from "./fixtures/programme.ts";
import { type ReaderState, readProgramme } from "./programme-reader.ts";
import { createSlicer, type SlicedSegment } from "./slicer.ts";

const LENGTH = 5;
const FIRST = 111_000_000;
const SPEED = 10;
const tags = tagsOf({ framesPerSegment: LENGTH, first: firstFrame(FIRST, LENGTH), frames: 6 * LENGTH + 1 });
const [header] = tags as [FlvTag];

/** A clock that runs fast, so that two seconds of silence pass in a fifth of one. */
const fastClock = { ...systemClock, monotonic: () => systemClock.monotonic() * SPEED };

describe("the programme reader", () => {
  const log = createLog({ write: () => {} });
  const cleanUps: (() => unknown)[] = [];
  let server: Server;
  let url: string;
  /** How the studio answers each connection in turn; the last goes for all that follow. */
  let answers: ((response: ServerResponse) => void)[];
  let connections: number;

  beforeEach(async () => {
    connections = 0;
    server = createServer((_, response) => {
      const answer = answers[Math.min(connections++, answers.length - 1)];
      response.on("error", () => {});
      answer?.(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/radiodream/demo.flv`;
  });

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function start(clock = systemClock) {
    const read: FlvTag[] = [];
    const states: [ReaderState, string?][] = [];
    const reader = readProgramme({
      url,
      onTag: (tag) => read.push(tag),
      onState: (state, reason) => states.push(reason === undefined ? [state] : [state, reason]),
      clock,
      log,
    });
    cleanUps.push(() => reader.stop());
    const reasons = () => states.flatMap(([state, reason]) => (state === "disconnected" ? [reason] : []));
    return { reader, read, states, reasons };
  }

  const send = (response: ServerResponse, sent: FlvTag[]) => {
    response.write(FLV_AUDIO_HEADER);
    for (const tag of sent) response.write(encodeFlvTag(tag));
  };
  const playAll = (response: ServerResponse) => send(response, tags);

  it("hands on every tag unchanged", async () => {
    answers = [playAll];
    const { read, states } = start();
    await expect.poll(() => read.length).toBe(tags.length);
    expect(read).toEqual(tags);
    expect(states).toEqual([["connecting"], ["connected"]]);
  });

  it("connects anew when the studio closes the connection", async () => {
    answers = [(response) => response.end(FLV_AUDIO_HEADER), playAll];
    const { read, reasons } = start();
    await expect.poll(() => read.length).toBe(tags.length);
    expect(reasons()).toEqual(["the studio closed the connection"]);
  });

  it("connects anew when the connection is torn", async () => {
    answers = [
      (response) => {
        send(response, [header]);
        setImmediate(() => response.destroy());
      },
      playAll,
    ];
    const { read, reasons } = start();
    await expect.poll(() => read.length).toBeGreaterThanOrEqual(tags.length);
    expect(reasons()).toHaveLength(1);
  });

  it("connects anew when the studio does not know the programme yet", async () => {
    answers = [(response) => response.writeHead(404).end(), playAll];
    const { read, reasons } = start();
    await expect.poll(() => read.length).toBe(tags.length);
    expect(reasons()).toEqual(["the studio answered 404"]);
  });

  it("connects anew when what comes is not FLV", async () => {
    answers = [(response) => response.write("<html>"), playAll];
    const { read, reasons } = start();
    await expect.poll(() => read.length).toBe(tags.length);
    expect(reasons()).toEqual(["FlvError: not an FLV stream"]);
  });

  it("connects anew when no answer comes", async () => {
    answers = [() => {}, playAll];
    const { read, reasons } = start(fastClock);
    await expect.poll(() => read.length, { timeout: 5000 }).toBeGreaterThanOrEqual(tags.length);
    expect(reasons()[0]).toBe("no audio for 2000 ms");
  });

  it("connects anew when the audio stays away, though other data comes", async () => {
    const script: FlvTag = { type: 18, timestamp: 0, payload: Buffer.alloc(4) };
    answers = [
      (response) => {
        send(response, [header]);
        const chatter = setInterval(() => response.write(encodeFlvTag(script)), 5);
        response.on("close", () => clearInterval(chatter));
      },
      playAll,
    ];
    const { read, reasons } = start(fastClock);
    await expect.poll(() => read.filter((tag) => tag.type === 8).length, { timeout: 5000 }).toBeGreaterThan(30);
    expect(reasons()[0]).toBe("no audio for 2000 ms");
  });

  it("tries again for as long as nobody is there, and never throws", async () => {
    await new Promise((resolve) => server.close(resolve));
    const { reasons, reader } = start();
    await expect.poll(() => reasons().length, { timeout: 5000 }).toBeGreaterThan(2);
    expect(new Set(reasons().map((reason) => reason?.includes("ECONNREFUSED")))).toEqual(new Set([true]));
    await reader.stop();
    server.listen(0);
  });

  it("ends its connection when stopped, and says nothing more", async () => {
    answers = [playAll];
    const { read, states, reader } = start();
    await expect.poll(() => read.length).toBe(tags.length);
    await reader.stop();
    expect(states.at(-1)).toEqual(["disconnected", "stopped"]);
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
    expect(connections).toBe(1);
  });

  it("gives a slicer the same segments as one that sits beside the studio, also after a reconnect", async () => {
    const clock = { ...systemClock, now: () => programmeTime(firstFrame(FIRST, LENGTH)) };
    const slice = (onSegment: (segment: SlicedSegment) => void) =>
      createSlicer({ station: "demo", rendition: "aac-48k", framesPerSegment: LENGTH, clock, log, onSegment });
    const beside: SlicedSegment[] = [];
    const tap = slice((segment) => beside.push(segment));
    for (const tag of tags) tap.push(tag);

    const third = tags.length - 3 * (LENGTH + 1);
    answers = [
      (response) => {
        send(response, tags.slice(0, third - 4));
        response.end();
      },
      (response) => send(response, [header, ...tags.slice(third - 3)]),
    ];
    const remote: SlicedSegment[] = [];
    const slicer = slice((segment) => remote.push(segment));
    const reader = readProgramme({
      url,
      onTag: (tag) => slicer.push(tag),
      onState: (state) => state === "disconnected" && slicer.reset(),
      clock,
      log,
    });
    cleanUps.push(() => reader.stop());
    await vi.waitFor(() => expect(remote.at(-1)?.number).toBe(FIRST + 5));
    expect(remote.length).toBe(5);
    for (const segment of remote) expect(beside).toContainEqual(segment);
  });
});
