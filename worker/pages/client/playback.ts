import type { HeardItem } from "../../../contracts/now-json.ts";
import type { Clock } from "../../../kit/clock.ts";
import type { Engine } from "./engine.ts";
import {
  fail,
  hurry,
  isDue,
  observe,
  type PlaybackState,
  reopen,
  startWatch,
  stateOf,
  type Watch,
} from "./watchdog.ts";

/** HTMLMediaElement.HAVE_FUTURE_DATA: below it there is nothing left to play. */
const HAVE_FUTURE_DATA = 3;
/** A pause up to this long goes on where it began; after a longer one, the listener is back at what is on now. */
const KEPT_MS = 10_000;

type Dependencies = {
  audio: Pick<HTMLAudioElement, "currentTime" | "readyState" | "seeking" | "play" | "pause" | "addEventListener">;
  /** Starts loading at the live edge; the engine calls `onFailure` when it can't go on by itself. */
  openEngine: (onFailure: () => void) => Engine;
  clock: Clock;
  random: () => number;
};

/** The listener's wish to hear the station, and the engine that serves it for as long as it lasts. */
export class Playback {
  /** How often sound ran dry while it was wanted. */
  stalls = 0;
  #dependencies: Dependencies;
  #watch: Watch | null = null;
  #engine: Engine | null = null;
  #pausedAt = 0;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    const { audio } = dependencies;
    audio.addEventListener("waiting", () => {
      if (this.#watch?.heard && !audio.seeking && audio.readyState < HAVE_FUTURE_DATA) this.stalls++;
    });
    // The operating system pauses too: a call comes in, the headphones are pulled out.
    audio.addEventListener("pause", () => this.pause());
    audio.addEventListener("play", () => this.play());
  }

  get state(): PlaybackState {
    return stateOf(this.#watch, this.#dependencies.clock.monotonic());
  }

  /** Programme time of the sound that is heard now; null while that is unknown. */
  get playingDate(): Date | null {
    return this.#engine?.playingDate() ?? null;
  }

  /** What the playlist says is heard in it, oldest first. */
  get announced(): readonly HeardItem[] {
    return this.#engine?.announced() ?? [];
  }

  /** Seconds between the programme and the listener; null while that is unknown. */
  get latency(): number | null {
    const date = this.playingDate;
    return date === null ? null : (this.#dependencies.clock.now() - date.getTime()) / 1000;
  }

  play(): void {
    if (this.#watch !== null) return;
    const now = this.#dependencies.clock.monotonic();
    if (now - this.#pausedAt > KEPT_MS) this.#close();
    if (this.#engine === null) this.#open();
    this.#watch = startWatch(now, this.#dependencies.audio.currentTime);
    this.#sound();
  }

  pause(): void {
    if (this.#watch === null) return;
    this.#watch = null;
    this.#pausedAt = this.#dependencies.clock.monotonic();
    this.#dependencies.audio.pause();
  }

  toggle(): void {
    if (this.#watch === null) this.play();
    else this.pause();
  }

  /** The network is back or the page is looked at again: whatever waits is tried now. */
  hurry(): void {
    if (this.#watch !== null) this.#watch = hurry(this.#watch, this.#dependencies.clock.monotonic());
  }

  /** To be called about twice a second: begins anew when sound stays away, lets go of what is long paused. */
  tick(): void {
    const { audio, clock, random } = this.#dependencies;
    const now = clock.monotonic();
    if (this.#watch === null) {
      if (now - this.#pausedAt > KEPT_MS) this.#close();
      return;
    }
    this.#watch = observe(this.#watch, audio.currentTime, now, random);
    if (!isDue(this.#watch, now)) return;
    this.#watch = reopen(this.#watch, now);
    this.#close();
    this.#open();
    this.#sound();
  }

  #open(): void {
    const { openEngine, clock, random } = this.#dependencies;
    this.#engine = openEngine(() => {
      if (this.#watch === null) this.#close();
      else this.#watch = fail(this.#watch, clock.monotonic(), random);
    });
  }

  #close(): void {
    this.#engine?.close();
    this.#engine = null;
  }

  #sound(): void {
    this.#dependencies.audio.play().catch((refused: unknown) => {
      // Only the browser's wish for a click ends the listener's: anything else is the watch's to repair.
      if (refused instanceof DOMException && refused.name === "NotAllowedError") this.pause();
    });
  }
}
