import type { StationPlan } from "../plan.ts";
import type { RundownItem } from "../rundown-item.ts";
import { SAMPLES_PER_FRAME } from "../timeline.ts";
import { type Deck, openDeck } from "./deck.ts";
import { chooseToFit, FIT_CHOICE, FIT_TRACKS } from "./fit.ts";
import { createHeard } from "./heard.ts";
import { MINUTE } from "./lengths.ts";
import type { Entry, Library, Playlist } from "./library.ts";
import type { Stretch } from "./timetable.ts";

/** What a block is worked out from, beside the plan: what is on around it. */
export type Surroundings = {
  /** Directly before it; nothing for a block that has to stand on its own. */
  before: readonly RundownItem[];
  /** After it. */
  ahead: readonly RundownItem[];
};

/** Chooses what is played next, by the rules. */
export type Rotation = {
  /** `startFor` tells where an entry would begin. Null where there is nothing to play. */
  choose(stretch: Stretch, place: number, startFor: (entry: Entry) => number): Entry | null;
  /** Tells what became of it; also of what nobody chose. */
  add(item: RundownItem): void;
};

export function createRotation(plan: StationPlan, library: Library, { before, ahead }: Surroundings): Rotation {
  const { rules } = plan;
  const heard = createHeard(rules, ahead);
  const decks = new Map<string, Deck>();
  let tracksSinceJingle = Number.POSITIVE_INFINITY;
  let lastJingle = { media: "", until: Number.NEGATIVE_INFINITY };

  function add(item: RundownItem): void {
    heard.add(item);
    if (item.source === "show") return;
    if (item.track.kind === "jingle") {
      tracksSinceJingle = 0;
      lastJingle = { media: item.track.media, until: item.until };
    } else tracksSinceJingle++;
  }

  function deckOf(playlist: Playlist, since: number, place: number): Deck {
    const key = `${playlist.id} ${since}`;
    const deck = decks.get(key) ?? openDeck(playlist, { seed: plan.seed, at: place, since, before });
    decks.set(key, deck);
    return deck;
  }

  function isJingleDue(place: number): boolean {
    const every = rules.jingles?.every;
    if (!every) return false;
    return "tracks" in every ? tracksSinceJingle >= every.tracks : place - lastJingle.until >= every.minutes * MINUTE;
  }

  function chooseJingle(jingles: Playlist, place: number): Entry {
    const deck = deckOf(jingles, 0, place);
    const candidates = deck.candidates();
    const chosen = candidates.find(({ track }) => track.media !== lastJingle.media) ?? (candidates[0] as Entry);
    deck.take(chosen);
    return chosen;
  }

  /** The first that breaks no rule; where each breaks one, the one that does so least. Near the end, what fits. */
  function chooseTrack(playlist: Playlist, deck: Deck, until: number, startFor: (entry: Entry) => number): Entry {
    const candidates = deck.candidates();
    let best = candidates[0] as Entry;
    let least = Number.POSITIVE_INFINITY;
    const start = startFor(best);
    const isEnding = until - start <= (FIT_TRACKS * playlist.cycle) / playlist.entries.length;
    const allowed = new Set<Entry>();
    for (const entry of candidates) {
      const from = startFor(entry);
      const end = from + entry.length;
      const shortfall = heard.shortfall(entry, from, isEnding ? Math.max(end, until) : end);
      if (shortfall < least) [best, least] = [entry, shortfall];
      if (shortfall === 0) allowed.add(entry);
      if (allowed.size === (isEnding ? FIT_CHOICE : 1)) break;
    }
    return (isEnding ? chooseToFit([...allowed], until - start) : null) ?? best;
  }

  for (const item of [...plan.carry, ...before]) heard.add(item);
  for (const item of before) add(item);

  return {
    add,
    choose({ slot, until }, place, startFor) {
      const content = slot?.content;
      const wanted = content?.kind === "playlist" ? content.playlist : content?.kind === "live" ? content.absent : null;
      const playlist = library.playlist(wanted);
      if (!playlist) return null;
      if (library.jingles && isJingleDue(place)) return chooseJingle(library.jingles, place);
      const isOfSlot = slot && content?.kind === "playlist" && playlist.id === wanted;
      const deck = deckOf(playlist, isOfSlot ? slot.from * SAMPLES_PER_FRAME : 0, place);
      const chosen = chooseTrack(playlist, deck, until, startFor);
      deck.take(chosen);
      return chosen;
    },
  };
}
