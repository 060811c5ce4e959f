import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { JobPhase } from "../../contracts/jobs.ts";
import type { Preparation } from "../../contracts/media.ts";
import { SAMPLE_RATE } from "../../contracts/timeline.ts";
import type { Log } from "../../kit/log.ts";
import { extractCover } from "./cover.ts";
import { cuePointsOf } from "./cue-points.ts";
import { decodeToFlac } from "./decode-to-flac.ts";
import { measureLoudness } from "./loudness.ts";
import { metadataOf } from "./metadata.ts";
import { whatIsMissing } from "./missing-sound.ts";
import { FileRejectedError } from "./outcome.ts";
import { probeFile } from "./probe-file.ts";
import { waveformOf } from "./waveform.ts";
import type { Workbench } from "./workbench.ts";

export type Prepared = {
  preparation: Preparation;
  /** Where the prepared file lies. */
  path: string;
  cover: Buffer | null;
};

/**
 * Makes a file ready for the air, in `folder`. `name` is what its uploader called it.
 *
 * @throws FileRejectedError with the reason for its editor; any other error is the node's
 */
export async function prepareFile(
  original: { path: string; name: string },
  folder: string,
  workbench: Workbench,
  onProgress: (phase: JobPhase, share: number) => void,
  log: Log,
): Promise<Prepared> {
  const { size: bytes } = await stat(original.path);
  if (bytes === 0) throw new FileRejectedError("The file is empty.");
  onProgress("probing", 0);
  const probe = await probeFile(original.path, workbench);

  const path = join(folder, "prepared.flac");
  const { curve, complaint } = await decodeToFlac({ path: original.path, bytes }, path, workbench, (seconds) =>
    onProgress("encoding", Math.min(1, seconds / (probe.seconds || Number.POSITIVE_INFINITY))),
  );
  const seconds = curve.samples / SAMPLE_RATE;
  const missing = whatIsMissing(probe.format, probe.seconds, seconds);
  if (missing !== null) throw new FileRejectedError(complaint === "" ? `${missing}.` : `${missing} (${complaint}).`);

  onProgress("analysing", 0);
  const loudness = await measureLoudness(path, seconds, workbench);
  const { means, peaks } = curve.end();
  const cue = cuePointsOf(means, curve.samples, loudness.integrated);
  if (cue === null) throw new FileRejectedError("The file is silent from its beginning to its end.");
  const cover = probe.cover === null ? null : await extractCover(original.path, probe.cover, workbench, log);

  return {
    preparation: {
      prepared: { ...(await identityOf(path)), samples: curve.samples },
      loudness,
      cue,
      metadata: metadataOf(probe.tags, original.name),
      cover: cover === null ? null : { sha256: createHash("sha256").update(cover).digest("hex"), bytes: cover.length },
      peaks: waveformOf(peaks),
    },
    path,
    cover,
  };
}

async function identityOf(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest("hex"), bytes: (await stat(path)).size };
}
