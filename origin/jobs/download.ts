import { open } from "node:fs/promises";
import type { Job } from "../../contracts/jobs.ts";
import type { JobClient } from "./job-client.ts";
import { JobReturnedError } from "./outcome.ts";
import { isPassing, pauseAfter } from "./persist.ts";

/** Tries in a row that bring nothing at all. */
const TRIES = 6;

/**
 * Writes a job's original to `target`, and goes on where it was when the line breaks. Throws JobReturnedError when it
 * has another length than control says.
 */
export async function downloadOriginal(
  client: Pick<JobClient, "original">,
  { id, original: { bytes } }: Job,
  target: string,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<void> {
  const file = await open(target, "w", 0o600);
  let have = 0;
  let failures = 0;

  async function receive(): Promise<void> {
    for await (const chunk of client.original(id, have, signal)) {
      if (have + chunk.length > bytes) throw new JobReturnedError("The file is longer than control says.");
      await file.writeFile(chunk);
      have += chunk.length;
      failures = 0;
      onProgress(have / bytes);
    }
    if (have < bytes) failures += 1;
  }

  try {
    while (have < bytes) {
      await receive().catch((thrown: unknown) => {
        if (!isPassing(thrown)) throw thrown;
        failures += 1;
      });
      signal.throwIfAborted();
      if (failures === TRIES) throw new JobReturnedError(`Only ${have} of ${bytes} bytes of the file could be had.`);
      if (failures > 0) await pauseAfter(failures, signal);
    }
  } finally {
    await file.close();
  }
}
