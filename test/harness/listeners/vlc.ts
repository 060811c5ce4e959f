import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, startChild } from "../child.ts";
import type { Heard, Listener, Stall } from "./listener.ts";

/** `nobody` on Debian: VLC refuses to run as root. */
const UNPRIVILEGED = 65_534;
const PLAYING = /main input debug: Stream buffering done/;
const REBUFFERS = /ES_OUT_RESET_PCR called|main input debug: Buffering 0%/;
const COMPLAINT =
  /discontinuity received|called too late|too late|playback (?:way )?too (?:early|late)|underrun|(?:demux|decoder|packetizer|audio output|input|stream|access) error:|(?:ts|mp4|adaptive) demux warning|HTTP\/1\.1 [45]\d\d|EOF reached/;

/**
 * VLC as a listener, with its sound going nowhere in real time. From its `-vvv` it is told when it plays, when it
 * buffers anew (a stall until it plays again), and what it complains of.
 */
export async function listenWithVlc(url: string): Promise<Listener> {
  const home = await mkdtemp(join(tmpdir(), "radio-dream-vlc-"));
  await chmod(home, 0o777);
  const log = new VlcLog();
  const player = ["cvlc", "-I", "dummy", "--no-video", "--aout=adummy", "-vvv", "--no-color", url];
  const asUser = ["setpriv", `--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, "--clear-groups"];
  const [command = "", ...args] = process.getuid?.() === 0 ? [...asUser, ...player] : player;
  const child = await startChild(command, args, {
    env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home },
    onLine: (line) => log.read(line),
  });
  let end: string | null = null;
  child.ended.then((how) => {
    end = how;
  });
  let final: Heard | null = null;
  const heard = (): Heard => {
    if (final) return final;
    const soFar = log.heard(Date.now());
    return end === null ? soFar : { ...soFar, problems: [...soFar.problems, `ended by itself: ${end}`] };
  };
  return {
    heard,
    stop: async () => {
      final = heard();
      await child.stop();
      await rm(home, { recursive: true, force: true });
      return final;
    },
  };
}

/** Reads VLC's messages line by line. */
export class VlcLog {
  #since: number | null = null;
  #stalledAt: number | null = null;
  readonly #stalls: Stall[] = [];
  readonly #problems: string[] = [];

  read({ at, text }: Line): void {
    if (COMPLAINT.test(text)) this.#problems.push(text);
    if (PLAYING.test(text)) {
      this.#since ??= at;
      if (this.#stalledAt !== null) this.#stalls.push({ at: this.#stalledAt, seconds: (at - this.#stalledAt) / 1000 });
      this.#stalledAt = null;
    } else if (this.#since !== null && REBUFFERS.test(text)) {
      this.#stalledAt ??= at;
    }
  }

  heard(now: number): Heard {
    const stalls = [...this.#stalls];
    if (this.#stalledAt !== null) stalls.push({ at: this.#stalledAt, seconds: (now - this.#stalledAt) / 1000 });
    const silent = stalls.reduce((sum, stall) => sum + stall.seconds, 0);
    return {
      player: "VLC",
      since: this.#since,
      seconds: this.#since === null ? 0 : (now - this.#since) / 1000 - silent,
      stalls,
      problems: [...this.#problems],
    };
  }
}
