import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Child, startChild } from "../harness/child.ts";

/** A tone that all servers send, so that it is told from the library's. */
export const RELAYED_HERTZ = 660;
export const TITLE = "Späte Stunde";

/** A real server and what feeds it, on a port that the test has chosen. */
export type RelayServer = {
  url: string;
  /** Kills all of it with -9, so that nothing says goodbye. */
  kill(): Promise<void>;
};

/** `nobody` on Debian: some servers refuse to run as root. */
const UNPRIVILEGED = 65_534;

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;

/** The processes and files of one server, which end together. */
export async function openWorkshop() {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-relay-"));
  await chmod(folder, 0o777);
  const children: Child[] = [];
  const run = async (command: string, args: readonly string[]): Promise<Child> => {
    const child = await startChild(command, [...args], { env: { PATH: process.env.PATH, HOME: folder } });
    children.push(child);
    return child;
  };
  return {
    folder,
    run,
    runUnprivileged(command: string, args: readonly string[]): Promise<Child> {
      const asUser = [`--reuid=${UNPRIVILEGED}`, `--regid=${UNPRIVILEGED}`, "--clear-groups", command];
      return process.getuid?.() === 0 ? run("setpriv", [...asUser, ...args]) : run(command, args);
    },
    /** Asks all to end, the newest first, and waits for it. */
    async stop(): Promise<void> {
      for (const child of children.toReversed()) await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
    async kill(): Promise<void> {
      for (const child of children.toReversed()) child.kill("SIGKILL");
      await Promise.all(children.map(({ ended }) => ended));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** ffmpeg options for the tone in real time, for as long as a test may take. */
export const TONE = [
  ...["-nostdin", "-v", "error", "-re", "-f", "lavfi", "-i", `sine=frequency=${RELAYED_HERTZ}:sample_rate=48000`],
  ...["-ac", "2", "-metadata", `title=${TITLE}`],
];
