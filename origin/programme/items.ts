import type { ProgrammeItem } from "../../contracts/programme-item.ts";
import type { Heard, PcmSource } from "./pcm-source.ts";

const KEPT_ITEMS = 50;

/** What was heard, from which frame on. */
export class Items {
  #items: ProgrammeItem[] = [];
  #heard: Heard | null = null;

  /** Notes what `source` has in `frame`, the newest so far. */
  note(source: PcmSource, frame: number): void {
    if (source.heard === this.#heard) return;
    this.#heard = source.heard;
    const { title, artist, host, cover, media } = source.heard;
    this.#items.push({
      frame,
      source: source.source,
      title,
      artist,
      host: host ?? undefined,
      cover: cover ?? undefined,
      media: media ?? undefined,
      frames: source.framesLeft(frame),
    });
    if (this.#items.length > KEPT_ITEMS) this.#items.shift();
  }

  /** Null for a frame before the first item that is remembered. */
  at(frame: number): ProgrammeItem | null {
    return this.#items.findLast((item) => item.frame <= frame) ?? null;
  }
}
