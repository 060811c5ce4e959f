import { describe, expect, it } from "vitest";
import { fail, hurry, isDue, observe, reopen, startWatch, stateOf, type Watch } from "./watchdog.ts";

const random = () => 1;
/** A watch whose sound advanced from `from` to `until`, looked at each 500 ms. */
function heard(watch: Watch, from: number, until: number): Watch {
  let now = from;
  let present = watch;
  for (; now <= until; now += 500) present = observe(present, now / 1000 + 1, now, random);
  return present;
}

describe("the state", () => {
  it("is paused when nothing is wanted", () => {
    expect(stateOf(null, 0)).toBe("paused");
  });

  it("is connecting until the first sound, then playing", () => {
    const watch = startWatch(0, 0);
    expect(stateOf(watch, 0)).toBe("connecting");
    expect(stateOf(observe(watch, 8, 500, random), 500)).toBe("connecting");
    expect(stateOf(heard(watch, 0, 1000), 1000)).toBe("playing");
  });

  it("is waiting when the sound has not advanced for a moment", () => {
    const watch = heard(startWatch(0, 0), 500, 5000);
    expect(stateOf(watch, 6400)).toBe("playing");
    expect(stateOf(watch, 6600)).toBe("waiting");
  });

  it("is reconnecting after a failure, until there is sound again", () => {
    const failed = fail(heard(startWatch(0, 0), 500, 5000), 5000, random);
    expect(stateOf(failed, 5000)).toBe("reconnecting");
    const reopened = reopen(failed, 5500);
    expect(stateOf(reopened, 5500)).toBe("reconnecting");
    expect(stateOf(heard(reopened, 6000, 7000), 7000)).toBe("playing");
  });
});

describe("a new engine", () => {
  it("is due half a second after a failure", () => {
    const failed = fail(startWatch(0, 0), 1000, random);
    expect(isDue(failed, 1400)).toBe(false);
    expect(isDue(failed, 1500)).toBe(true);
  });

  it("is due when there was no sound for more than ten seconds, not when there was none for ten", () => {
    const watch = heard(startWatch(0, 0), 500, 5000);
    const patient = observe(watch, watch.position, 15_000, random);
    expect(patient.retryAt).toBeNull();
    expect(observe(patient, watch.position, 15_500, random).retryAt).toBe(16_000);
  });

  it("comes later and later, but never stops coming", () => {
    let watch = startWatch(0, 0);
    const pauses: number[] = [];
    for (let now = 0; pauses.length < 8; ) {
      watch = fail(watch, now, random);
      pauses.push((watch.retryAt ?? 0) - now);
      now = watch.retryAt ?? 0;
      watch = reopen(watch, now);
    }
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000, 8000]);
  });

  it("comes at once when the network returns", () => {
    const failed = fail({ ...startWatch(0, 0), attempt: 9 }, 1000, random);
    expect(isDue(hurry(failed, 1200), 1200)).toBe(true);
    expect(hurry(startWatch(0, 0), 5).retryAt).toBeNull();
  });

  it("is not asked for twice", () => {
    const failed = fail(startWatch(0, 0), 1000, random);
    expect(fail(failed, 1400, random)).toBe(failed);
    expect(observe(failed, 7, 1400, random)).toBe(failed);
  });
});

it("failures are forgotten once sound was steady for twenty seconds", () => {
  const reopened = reopen(fail(startWatch(0, 0), 500, random), 0);
  expect(heard(reopened, 0, 19_500).attempt).toBe(1);
  expect(heard(reopened, 0, 21_000).attempt).toBe(0);
});
