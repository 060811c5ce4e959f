import { expect, test } from "vitest";
import { type Held, watchHeap } from "./heap.ts";

const HOURS = 0.4;
const LOOKS = 8;
/** Of the second half of the time: 15 bytes a frame, or a kilobyte a segment. */
const MOST = 512 << 10;

test("programme that was made leaves nothing behind in memory", async () => {
  const { held, made } = await watchHeap(HOURS, LOOKS);
  expect(made.segments).toBeGreaterThan(2 * ((HOURS * 3600) / 3.2 - 3));
  expect(made.indexBytes).toBeGreaterThan(1000);
  const total = ({ heap, buffers }: Held) => heap + buffers;
  const [halfway, end] = [held[LOOKS / 2 - 1], held[LOOKS - 1]].map((one) => (one ? total(one) : Number.NaN));
  expect((end ?? Number.NaN) - (halfway ?? Number.NaN)).toBeLessThan(MOST);
}, 120_000);
