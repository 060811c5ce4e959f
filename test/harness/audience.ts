import type { Heard, Listener } from "./listeners/listener.ts";

/** Several listeners at once. */
export type Audience = {
  heard(): Heard[];
  /** Who has not yet heard so many seconds, in words. */
  behind(seconds: number): string[];
  stop(): Promise<Heard[]>;
};

/** Lets all of them begin; when one cannot, the others are stopped. */
export async function gather(listeners: readonly Promise<Listener>[]): Promise<Audience> {
  const settled = await Promise.allSettled(listeners);
  const begun = settled.filter((one) => one.status === "fulfilled").map((one) => one.value);
  const stop = () => Promise.all(begun.map((listener) => listener.stop()));
  const failed = settled.find((one) => one.status === "rejected");
  if (failed) {
    await stop();
    throw failed.reason;
  }
  const heard = () => begun.map((listener) => listener.heard());
  const behind = (seconds: number) =>
    heard()
      .filter((one) => one.seconds < seconds)
      .map(
        (one) => `${one.player} has heard ${one.seconds.toFixed(1)} s; ${disturbances([one]).slice(0, 5).join("; ")}`,
      );
  return { heard, behind, stop };
}

/** What was not right for anyone, in words: empty when all heard everything. */
export function disturbances(heard: readonly Heard[]): string[] {
  return heard.flatMap(({ player, since, stalls, problems }) => [
    ...(since === null ? [`${player} heard nothing`] : []),
    ...stalls.map(({ at, seconds }) => `${player} stalled ${seconds.toFixed(2)} s at ${new Date(at).toISOString()}`),
    ...problems.map((problem) => `${player}: ${problem}`),
  ]);
}
