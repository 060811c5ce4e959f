import { createHash } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { PreparedFile } from "../../contracts/media.ts";
import type { Sha256 } from "../../contracts/names.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import type { Held } from "./decide.ts";

/** What came is not the file that was asked for. */
export class WrongFileError extends Error {
  override name = "WrongFileError";
}

/** Where prepared files are found on this node. */
export type PreparedFiles = {
  /** Path of the file; null when it is not here. */
  pathOf(file: PreparedFile): string | null;
  /** Gives up a file that did not play as it should: it is fetched anew. */
  discard(sha256: Sha256): void;
};

export type PreparedCache = PreparedFiles & {
  held(): Held[];
  /** Bytes that all files together may have: the limit that was set, or less where the disk has no more. */
  limitBytes(): Promise<number>;
  /** Takes a file in. Rejects with WrongFileError, or with what `chunks` or the disk throws; then nothing is kept. */
  add(file: PreparedFile, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  drop(sha256: Sha256): Promise<void>;
};

const NAME = /^([0-9a-f]{64})\.flac$/;
/** The disk is never filled to the last byte: the node has other things to remember. */
const RESERVE_BYTES = 500 * 1024 * 1024;

/** Opens the folder of prepared files, which are named by their hash; what else lies there is half-made and goes. */
export async function openPreparedCache(options: {
  folder: string;
  limitBytes: number;
  clock: Clock;
  log: Log;
}): Promise<PreparedCache> {
  const { folder, clock, log } = options;
  const files = new Map<Sha256, { bytes: number; usedAt: number }>();
  const pathOf = (sha256: Sha256) => join(folder, `${sha256}.flac`);

  try {
    await look();
    log.info("prepared files on this node", { count: files.size, bytes: total() });
  } catch (thrown) {
    log.error("the prepared files of before cannot be used", { error: describe(thrown) });
  }

  async function look(): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      const sha256 = NAME.exec(name)?.[1];
      if (sha256 === undefined) await rm(join(folder, name), { recursive: true, force: true });
      else {
        const { size, mtimeMs } = await stat(join(folder, name));
        files.set(sha256, { bytes: size, usedAt: mtimeMs });
      }
    }
  }

  function total(): number {
    return [...files.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async function write(draft: string, file: PreparedFile, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const hash = createHash("sha256");
    const handle = await open(draft, "w", 0o600);
    try {
      let bytes = 0;
      for await (const chunk of chunks) {
        bytes += chunk.length;
        if (bytes > file.bytes) throw new WrongFileError(`has more than its ${file.bytes} bytes`);
        hash.update(chunk);
        await handle.appendFile(chunk);
      }
      const sha256 = hash.digest("hex");
      if (sha256 !== file.sha256) throw new WrongFileError(`has the hash ${sha256}`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async function drop(sha256: Sha256): Promise<void> {
    files.delete(sha256);
    await rm(pathOf(sha256), { force: true });
  }

  return {
    pathOf({ sha256, bytes }) {
      const known = files.get(sha256);
      if (known?.bytes !== bytes) return null;
      known.usedAt = clock.now();
      return pathOf(sha256);
    },
    discard(sha256) {
      drop(sha256).catch((thrown) => log.error("a broken file cannot be deleted", { sha256, error: describe(thrown) }));
    },
    held: () => [...files].map(([sha256, { bytes, usedAt }]) => ({ sha256, bytes, usedAt })),
    async limitBytes() {
      const { bavail, bsize } = await statfs(folder);
      return Math.min(options.limitBytes, total() + bavail * bsize - RESERVE_BYTES);
    },
    async add(file, chunks) {
      const draft = `${pathOf(file.sha256)}.part`;
      try {
        await write(draft, file, chunks);
        await rename(draft, pathOf(file.sha256));
      } catch (thrown) {
        await rm(draft, { force: true });
        throw thrown;
      }
      files.set(file.sha256, { bytes: file.bytes, usedAt: clock.now() });
    },
    drop,
  };
}
