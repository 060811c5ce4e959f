import type { RundownItem } from "../rundown-item.ts";
import { type Draw, drawsOf, shuffled } from "./chance.ts";
import type { Entry, Playlist } from "./library.ts";

/** The order in which a playlist would be played if there were no rules. */
export type Deck = {
  /** What may come next, best first; at least one. A sequence leaves no choice. */
  candidates(): readonly Entry[];
  /** Tells which of the candidates it became. */
  take(entry: Entry): void;
};

export type DeckPlace = {
  seed: string;
  /** Sample at which it is opened. */
  at: number;
  /** Sample at which the playlist began with its first track: the slot's start, or 0. */
  since: number;
  /** What was on until then, ascending. */
  before: readonly RundownItem[];
};

/** Draws that a weighted playlist offers before it offers everything as listed. */
const DRAWS = 64;

export function openDeck(playlist: Playlist, place: DeckPlace): Deck {
  if (playlist.order === "weighted") {
    return weightedDeck(playlist.entries, drawsOf(place.seed, playlist.id, "weighted", place.at));
  }
  const round =
    playlist.order === "sequence"
      ? () => playlist.entries
      : (cycle: number) => shuffled(playlist.entries, drawsOf(place.seed, playlist.id, "shuffle", cycle));
  const first = startOf(playlist, place, round);
  return rowDeck(round, first, playlist.order === "sequence" ? 1 : playlist.entries.length);
}

function weightedDeck(entries: readonly Entry[], draw: Draw): Deck {
  let total = 0;
  const bounds = entries.map(({ weight }) => (total += weight));
  const one = () => {
    const drawn = draw(total);
    return entries[bounds.findIndex((bound) => drawn < bound)] as Entry;
  };
  return {
    candidates: () => [...Array.from({ length: DRAWS }, one), ...entries],
    take: () => {},
  };
}

type Round = (cycle: number) => readonly Entry[];
type Position = { cycle: number; index: number };

/** An endless row of rounds. What was passed over stays at its head, so that it comes as soon as the rules allow it. */
function rowDeck(round: Round, first: Position, width: number): Deck {
  let { cycle, index } = first;
  let entries = round(cycle);
  const waiting: Entry[] = [];
  return {
    candidates() {
      while (waiting.length < width) {
        if (index >= entries.length) {
          index = 0;
          entries = round(++cycle);
        }
        waiting.push(entries[index++] as Entry);
      }
      return waiting;
    },
    take(entry) {
      waiting.splice(waiting.indexOf(entry), 1);
    },
  };
}

/** A sequence goes on after what of it was played last; else the clock says where one is that goes round and round. */
function startOf(playlist: Playlist, { at, since, before }: DeckPlace, round: Round): Position {
  const cycle = Math.floor((at - since) / playlist.cycle);
  if (playlist.order === "sequence") {
    const index = before.reduce((found, item) => {
      const listed =
        item.from < since ? -1 : playlist.entries.findIndex(({ track }) => track.media === item.track.media);
      return listed < 0 ? found : listed;
    }, -1);
    if (index >= 0) return { cycle, index: index + 1 };
  }
  let rest = (at - since) % playlist.cycle;
  const index = round(cycle).findIndex((entry) => {
    rest -= entry.advance;
    return rest < 0;
  });
  return { cycle, index };
}
