import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, release, totalmem } from "node:os";
import { pause } from "../../../kit/loop.ts";

/** What a figure is worth depends on: the machine, the versions, and what else ran. */
export type Machine = { [what: string]: string };

/** `smallFfmpeg` is a path, empty where there is none. */
export function describeMachine(smallFfmpeg: string): Machine {
  const [cpu] = cpus();
  const system = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
  return {
    machine: `${cpus().length} cores (${cpu?.model.trim()}), ${(totalmem() / 1e9).toFixed(0)} GB of memory`,
    system: `${system}, Linux ${release()}`,
    "nginx-rtmp": `nginx ${debian("nginx-light")}, libnginx-mod-rtmp ${debian("libnginx-mod-rtmp")}`,
    "liquidsoap, Icecast": `liquidsoap ${debian("liquidsoap")}, icecast2 ${debian("icecast2")}`,
    ffmpeg: firstLine("ffmpeg", ["-version"]),
    ...(smallFfmpeg === "" ? {} : { "small ffmpeg": firstLine(smallFfmpeg, ["-version"]) }),
    "Radio Dream": `Node ${process.version}, workerd ${npm("workerd")}, node-media-server ${npm("node-media-server")}`,
    "listeners and load": `hls.js ${npm("hls.js")} in Chromium ${debian("chromium")}, ffmpeg as above, wrk ${debian("wrk")}`,
  };
}

/** How many cores were busy, over a while. */
export async function busyCores(ms: number): Promise<number> {
  const before = await busyTicks();
  await pause(ms);
  const after = await busyTicks();
  return ((after.busy - before.busy) / (after.all - before.all)) * cpus().length;
}

/** The first line of /proc/stat (proc(5)): all of it but idle and waiting for disks is busy. */
async function busyTicks(): Promise<{ busy: number; all: number }> {
  const [line = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  const fields = line.split(/\s+/).slice(1, 9).map(Number);
  const all = fields.reduce((sum, ticks) => sum + ticks, 0);
  return { all, busy: all - (fields[3] ?? 0) - (fields[4] ?? 0) };
}

function debian(name: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder is dpkg's own.
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", "${Version}", name], { encoding: "utf8" });
  return stdout || "(not a Debian package)";
}

function firstLine(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: "utf8" }).stdout.split("\n")[0] ?? "";
}

function npm(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return version;
}
