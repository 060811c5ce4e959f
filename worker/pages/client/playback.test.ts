import { describe, expect, it } from "vitest";
import { Playback } from "./playback.ts";

/** An audio element as far as Playback knows it; whether it may sound is the browser's to say. */
class FakeAudio extends EventTarget {
  currentTime = 0;
  seeking = false;
  readyState = 2;
  sounding = false;
  refusal: DOMException | null = null;
  async play(): Promise<void> {
    if (this.refusal !== null) throw this.refusal;
    this.sounding = true;
  }
  pause(): void {
    this.sounding = false;
    this.dispatchEvent(new Event("pause"));
  }
}

function listen() {
  const audio = new FakeAudio();
  const opened: { open: boolean; fail: () => void }[] = [];
  let now = 1_000_000;
  const playback = new Playback({
    audio,
    openEngine: (onFailure) => {
      const engine = { open: true, fail: onFailure };
      opened.push(engine);
      return {
        playingDate: () => new Date(now - 6400),
        announced: () => [],
        close: () => {
          engine.open = false;
        },
      };
    },
    clock: { now: () => now, monotonic: () => now },
    random: () => 1,
  });
  /** Time passes, half a second at a time, with or without sound. */
  const pass = (seconds: number, sound: boolean) => {
    for (let step = 0; step < seconds * 2; step++) {
      now += 500;
      if (sound && audio.sounding) audio.currentTime += 0.5;
      playback.tick();
    }
  };
  const engines = () => opened.map(({ open }) => open);
  return { audio, playback, opened, engines, pass };
}

describe("a listener's wish", () => {
  it("opens nothing before play, and tells how far behind the programme the sound is", () => {
    const { playback, engines, pass } = listen();
    pass(1, false);
    expect(engines()).toEqual([]);
    expect(playback.latency).toBeNull();
    playback.play();
    expect(playback.latency).toBe(6.4);
    pass(1.5, true);
    expect(playback.state).toBe("playing");
  });

  it("survives a short pause in the same place", () => {
    const { playback, engines, pass } = listen();
    playback.play();
    pass(2, true);
    playback.toggle();
    pass(9, false);
    playback.toggle();
    expect(engines()).toEqual([true]);
  });

  it("begins anew at the live edge after a long pause, during which nothing is loaded", () => {
    const { playback, engines, pass } = listen();
    playback.play();
    pass(2, true);
    playback.pause();
    pass(11, false);
    expect(engines()).toEqual([false]);
    playback.play();
    expect(engines()).toEqual([false, true]);
  });

  it("follows the operating system's pause and play", () => {
    const { audio, playback, pass } = listen();
    playback.play();
    pass(2, true);
    audio.pause();
    expect(playback.state).toBe("paused");
    audio.dispatchEvent(new Event("play"));
    expect(playback.state).not.toBe("paused");
  });

  it("waits for a click when the browser wants one", async () => {
    const { audio, playback } = listen();
    audio.refusal = new DOMException("click first", "NotAllowedError");
    playback.play();
    await Promise.resolve();
    expect(playback.state).toBe("paused");
  });
});

describe("an engine that fails", () => {
  it("is replaced again and again for as long as sound is wanted", () => {
    const { playback, opened, engines, pass } = listen();
    playback.play();
    for (let failure = 0; failure < 20; failure++) {
      opened.at(-1)?.fail();
      expect(playback.state).toBe("reconnecting");
      pass(8.5, false);
    }
    expect(engines()).toEqual([...Array(20).fill(false), true]);
    pass(2, true);
    expect(playback.state).toBe("playing");
  });

  it("is replaced when it gives no sound for more than ten seconds, without saying why", () => {
    const { playback, engines, pass } = listen();
    playback.play();
    pass(3, true);
    pass(10, false);
    expect(engines()).toEqual([true]);
    pass(2, false);
    expect(engines()).toEqual([false, true]);
  });

  it("is replaced at once when the network returns", () => {
    const { playback, opened, engines, pass } = listen();
    playback.play();
    for (let failure = 0; failure < 5; failure++) {
      opened.at(-1)?.fail();
      pass(8.5, false);
    }
    opened.at(-1)?.fail();
    const before = engines().length;
    playback.hurry();
    pass(0.5, false);
    expect(engines().length).toBe(before + 1);
  });

  it("is not replaced while nothing is wanted", () => {
    const { playback, opened, engines, pass } = listen();
    playback.play();
    pass(2, true);
    playback.pause();
    opened[0]?.fail();
    pass(30, false);
    expect(engines()).toEqual([false]);
  });
});

describe("stalls", () => {
  it("are counted when sound ran dry, not while it is on its way, jumps, or a busy machine falls behind", () => {
    const { audio, playback, pass } = listen();
    playback.play();
    audio.dispatchEvent(new Event("waiting"));
    expect(playback.stalls).toBe(0);
    pass(2, true);
    audio.seeking = true;
    audio.dispatchEvent(new Event("waiting"));
    expect(playback.stalls).toBe(0);
    audio.seeking = false;
    audio.readyState = 4;
    audio.dispatchEvent(new Event("waiting"));
    expect(playback.stalls).toBe(0);
    audio.readyState = 2;
    audio.dispatchEvent(new Event("waiting"));
    expect(playback.stalls).toBe(1);
  });
});
