import { describe, expect, it } from "vitest";
import type { RenditionName } from "../../contracts/names.ts";
import { INDEX_SEGMENTS } from "../../contracts/station-index.ts";
import { fakeSegment } from "./fixtures/segment.ts";
import { type Copy, createUploadQueue } from "./upload-queue.ts";

const PATIENCE_MS = 3200;

function start() {
  let now = 0;
  const queue = createUploadQueue({ now: () => now, monotonic: () => now });
  const add = (number: number, rendition: RenditionName = "aac-48k", generation = 1) =>
    queue.add(fakeSegment(number, { rendition, generation }));
  const name = ({ segment }: Copy) => `${segment.number} ${segment.rendition}`;
  /** Starts what may start and ends it: all uploaded, but for what `refused` names. */
  const upload = (...refused: string[]) => {
    for (const copy of queue.takeStartable()) queue.settle(copy, refused.includes(name(copy)) ? "refused" : "uploaded");
  };
  const announce = () => queue.takeAnnounceable(PATIENCE_MS).copies.map(name);
  const wait = (ms: number) => {
    now += ms;
  };
  return { queue, add, upload, announce, wait, name };
}

describe("the upload queue", () => {
  it("announces a number when all that has come of it is uploaded", () => {
    const { queue, add, announce } = start();
    add(100);
    add(100, "aac-128k");
    const [first, second] = queue.takeStartable() as [Copy, Copy];
    queue.settle(first, "uploaded");
    expect(announce()).toEqual([]);
    queue.settle(second, "uploaded");
    expect(announce()).toEqual(["100 aac-48k", "100 aac-128k"]);
    expect(announce()).toEqual([]);
  });

  it("starts four numbers at once, each copy once, and announces none before those that came earlier", () => {
    const { queue, add, announce, name } = start();
    for (let number = 100; number < 106; number++) add(number);
    const started = queue.takeStartable();
    expect(started.map(name)).toEqual(["100 aac-48k", "101 aac-48k", "102 aac-48k", "103 aac-48k"]);
    expect(queue.takeStartable()).toEqual([]);
    for (const copy of started.slice(1)) queue.settle(copy, "uploaded");
    expect(announce()).toEqual([]);
    queue.settle(started[0] as Copy, "uploaded");
    expect(announce()).toEqual(started.map(name));
    expect(queue.takeStartable().map(name)).toEqual(["104 aac-48k", "105 aac-48k"]);
    expect(queue.waiting()).toBe(2);
  });

  it("waits for the renditions that the number before had, but not longer than its patience", () => {
    const { queue, add, upload, announce, wait } = start();
    add(100);
    add(100, "aac-128k");
    add(101);
    upload();
    expect(announce()).toEqual(["100 aac-48k", "100 aac-128k"]);
    wait(PATIENCE_MS - 1);
    expect(queue.takeAnnounceable(PATIENCE_MS)).toEqual({ copies: [], lookAgainMs: 1 });
    wait(1);
    expect(announce()).toEqual(["101 aac-48k"]);
  });

  it("does not wait for a rendition that was missing already", () => {
    const { add, upload, announce, wait } = start();
    add(100);
    add(100, "aac-128k");
    add(101);
    upload();
    wait(PATIENCE_MS);
    announce();
    add(102);
    upload();
    expect(announce()).toEqual(["102 aac-48k"]);
  });

  it("announces a copy that comes late at once, and waits for its rendition again", () => {
    const { add, upload, announce } = start();
    add(100);
    upload();
    announce();
    add(100, "aac-128k");
    add(101);
    upload();
    expect(announce()).toEqual(["100 aac-128k"]);
    add(101, "aac-128k");
    upload();
    expect(announce()).toEqual(["101 aac-48k", "101 aac-128k"]);
  });

  it("steps over a number of which everything is refused", () => {
    const { queue, add, upload, announce } = start();
    for (const number of [100, 101]) add(number);
    upload("100 aac-48k");
    expect(announce()).toEqual(["101 aac-48k"]);
    expect(queue.waiting()).toBe(0);
  });

  it("has no end of patience while nothing of the oldest number is uploaded", () => {
    const { queue, add, announce, wait } = start();
    for (const number of [100, 101]) add(number);
    const [, later] = queue.takeStartable() as [Copy, Copy];
    queue.settle(later, "uploaded");
    wait(20 * PATIENCE_MS);
    expect(announce()).toEqual([]);
  });

  it("is as long as an index, and lets the oldest fall out", () => {
    const { queue, add, name } = start();
    const dropped = Array.from({ length: INDEX_SEGMENTS + 2 }, (_, index) => add(100 + index)).flat();
    expect(dropped.map(name)).toEqual(["100 aac-48k", "101 aac-48k"]);
    expect(queue.waiting()).toBe(INDEX_SEGMENTS);
  });

  it("lets go of a number that a newer generation made anew", () => {
    const { queue, add, name } = start();
    add(100);
    add(100, "aac-128k");
    expect(add(100, "aac-48k", 2).map(name)).toEqual(["100 aac-48k", "100 aac-128k"]);
    expect(queue.takeStartable().map(({ segment }) => segment.generation)).toEqual([2]);
  });

  it("is not blocked by copies that never arrive, once their numbers are announced", () => {
    const { queue, add, announce, wait, name } = start();
    for (let number = 100; number < 110; number++) {
      add(number);
      add(number, "aac-128k");
      for (const copy of queue.takeStartable()) {
        if (copy.segment.rendition === "aac-48k") queue.settle(copy, "uploaded");
      }
      wait(PATIENCE_MS);
      expect(announce()).toEqual([`${number} aac-48k`]);
    }
    add(110);
    expect(queue.takeStartable().map(name)).toEqual(["110 aac-48k"]);
  });

  it("gives out what a newer generation has published, and nothing else", () => {
    const { queue, add, name } = start();
    for (const number of [100, 101, 102]) add(number, "aac-48k", 4);
    add(101, "aac-48k", 5);
    expect(queue.takeOutdated(101, 5).map(name)).toEqual(["100 aac-48k"]);
    expect(queue.waiting()).toBe(2);
    expect(queue.takeOutdated(102, 4)).toEqual([]);
  });

  it("starts again what is to be uploaded anew, but not what is settled", () => {
    const { queue, add, name } = start();
    add(100);
    add(101);
    const [first, second] = queue.takeStartable() as [Copy, Copy];
    queue.settle(first, "uploaded");
    queue.requeue([first, second]);
    expect(queue.takeStartable().map(name)).toEqual(["101 aac-48k"]);
  });
});
