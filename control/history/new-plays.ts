import { joinContinued } from "../../contracts/heard.ts";
import type { ProgrammeItem } from "../../contracts/programme-item.ts";

/**
 * Those of the items heard that are not recorded yet. Whoever looks twice, or late, or through another origin's eyes
 * after the studio has changed, finds each playing once. Both ascend by frame; `recorded` begins one before `heard`.
 */
export function newPlays(recorded: readonly ProgrammeItem[], heard: readonly ProgrammeItem[]): ProgrammeItem[] {
  const known = new Set(recorded.map(({ frame }) => frame));
  const together = [...recorded, ...heard.filter(({ frame }) => !known.has(frame))];
  return joinContinued(together.sort((one, other) => one.frame - other.frame)).filter(({ frame }) => !known.has(frame));
}
