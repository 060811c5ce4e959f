import type { Published } from "../../contracts/published.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Loop, startLoop } from "../../kit/loop.ts";

const LOOK_MS = 3000;
/** Control that has been silent for so long may have named another studio, and could not tell us. */
const CONTROL_SILENT_MS = 5000;

/**
 * While control is silent, a studio looks at what is published: a generation higher than its own is another studio's,
 * which was named in its place. Then `onSuccessor` is called; again at each look while it goes on as the studio.
 */
export function watchForSuccessor(options: {
  /** Of the studio here; null where there is none. */
  generation(): number | null;
  controlSilentMs(): number | null;
  readPublished(): Promise<Published | null>;
  onSuccessor(published: Published): void;
  log: Log;
}): Loop {
  const { generation, controlSilentMs, readPublished, onSuccessor, log } = options;
  return startLoop(
    "looking for a successor",
    LOOK_MS,
    async () => {
      if (generation() === null || (controlSilentMs() ?? Number.POSITIVE_INFINITY) < CONTROL_SILENT_MS) return;
      const published = await readPublished().catch((thrown: unknown) => {
        log.warn("what is published cannot be read", { error: describe(thrown) });
        return null;
      });
      const own = generation();
      if (published !== null && own !== null && published.generation > own) onSuccessor(published);
    },
    log,
  );
}
