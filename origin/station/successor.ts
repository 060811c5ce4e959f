import type { DesiredStation } from "../../contracts/fleet.ts";
import type { PublishedAnswer } from "../../contracts/published.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Loop, startLoop } from "../../kit/loop.ts";

const LOOK_MS = 3000;
/** Control that has been silent for so long may have named another studio, and could not tell us. */
const CONTROL_SILENT_MS = 5000;

/**
 * What a station becomes on an origin that does not hear from control, by what the edge tells of it; null where nothing
 * changes. A generation higher than the one that was desired last is another studio's: a studio gives up, and everyone
 * slices the new one as far as it is known. Nobody becomes the studio on hearsay.
 */
export function succession(
  origin: string,
  desired: DesiredStation,
  { published, studio }: PublishedAnswer,
): DesiredStation | null {
  const roles = desired.roles.filter((role) => role !== "studio");
  const newest = Math.max(published?.generation ?? 0, studio?.generation ?? 0);
  const isNew = newest > desired.generation;
  if (studio != null && studio.origin !== origin && studio.generation === newest) {
    const isMissing = desired.studio === null && newest === desired.generation;
    if (!isNew && !isMissing) return null;
    return { ...desired, roles, generation: newest, studio: { origin: studio.origin, url: studio.url } };
  }
  const isStudio = desired.studio?.origin === origin;
  return isNew && isStudio ? { ...desired, roles, generation: newest, studio: null } : null;
}

/** Asks the edge every few seconds while control is silent, and hands on the answer. */
export function watchForSuccessor(options: {
  controlSilentMs(): number | null;
  ask(): Promise<PublishedAnswer>;
  onAnswer(answer: PublishedAnswer): void;
  log: Log;
}): Loop {
  const { controlSilentMs, ask, onAnswer, log } = options;
  return startLoop(
    "looking for a successor",
    LOOK_MS,
    async () => {
      if ((controlSilentMs() ?? Number.POSITIVE_INFINITY) < CONTROL_SILENT_MS) return;
      try {
        onAnswer(await ask());
      } catch (thrown) {
        log.warn("what is published cannot be read", { error: describe(thrown) });
      }
    },
    log,
  );
}
