import { pause } from "../../kit/loop.ts";
import { backoff } from "../../kit/retry.ts";
import { type EdgeFailure, type Fetch, putToEdge, type Upload } from "./edge-request.ts";

const SOON = { firstMs: 250, maxMs: 4000 };
/** Between attempts that fail until someone acts. */
const SLOWLY_MS = 4000;
const NO_TOKEN: EdgeFailure = { kind: "retry", reason: "this origin has no token yet", afterMs: null };

export type PutOutcome = "uploaded" | "refused" | "ended";

export type PersistentPut = {
  /** Rejects only when `make` or `token` throws. */
  readonly outcome: Promise<PutOutcome>;
  /** The attempt under way is the last. */
  finish(): void;
  /** The attempt under way is broken off. */
  abort(): void;
};

export type PutOptions = {
  token(): string | null;
  fetch: Fetch;
  random?: () => number;
  onFailure(failure: EdgeFailure): void;
};

/** Attempts to PUT what `make` makes, anew each time, until it is done, refused or told to end. */
export function startPut(make: () => Upload, { token, fetch, random, onFailure }: PutOptions): PersistentPut {
  const finishing = new AbortController();
  const aborting = new AbortController();

  function attempt(): EdgeFailure | null | Promise<EdgeFailure | null> {
    const secret = token();
    return secret === null ? NO_TOKEN : putToEdge(make(), secret, fetch, aborting.signal);
  }

  async function run(): Promise<PutOutcome> {
    for (let failures = 0; !finishing.signal.aborted || failures === 0; failures++) {
      const failure = await attempt();
      if (failure === null) return "uploaded";
      if (aborting.signal.aborted) return "ended";
      onFailure(failure);
      if (failure.kind === "refused") return "refused";
      await pause(delayMs(failure, failures, random), finishing.signal);
    }
    return "ended";
  }

  return {
    outcome: run(),
    finish: () => finishing.abort(),
    abort() {
      finishing.abort();
      aborting.abort();
    },
  };
}

/** How long to wait after the failure number `failures`, counted from 0. */
export function delayMs(failure: EdgeFailure, failures: number, random?: () => number): number {
  if (failure.kind !== "retry") return backoff(0, { firstMs: SLOWLY_MS, maxMs: SLOWLY_MS }, random);
  return Math.max(failure.afterMs ?? 0, backoff(failures, SOON, random));
}
