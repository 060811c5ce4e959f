import { z } from "zod";
import { MediaId } from "./media.ts";

/** What happens in a slot. */
export const SlotContent = z.discriminatedUnion("kind", [
  /** Recorded files one after the other, each in full. */
  z.object({ kind: z.literal("show"), media: z.array(MediaId).min(1).max(200) }),
  z.object({ kind: z.literal("playlist"), playlist: z.uuid() }),
  z.object({ kind: z.literal("relay"), relay: z.uuid() }),
  /** A host may go on: any whose key is listed, or everyone where none is. Who is late or absent is played for. */
  z.object({
    kind: z.literal("live"),
    keys: z.array(z.string().max(64)).max(100),
    /** Played while the host is not there; null: the station's own playlist. */
    absent: z.uuid().nullable(),
    /** A host who is on air at the end stays for at most so many minutes. */
    overrunMinutes: z.int().min(0).max(240),
  }),
]);
export type SlotContent = z.infer<typeof SlotContent>;

/** One occurrence of a schedule entry, with its overlaps resolved: slots never overlap. */
export const Slot = z.object({
  entry: z.uuid(),
  title: z.string().max(300),
  host: z.string().max(300).default(""),
  /** First frame, and the frame after the last. */
  from: z.int().nonnegative(),
  until: z.int().nonnegative(),
  /** `hard`: begins in its first frame, whatever is on. `soft`: when the track before it has ended. */
  start: z.enum(["hard", "soft"]),
  content: SlotContent,
});
export type Slot = z.infer<typeof Slot>;
