import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import type { Limits } from "./cgroup/group.ts";

/** What `npm start` tells an origin, and a container of its own must be told too. */
const TOLD = [
  "CONTROL_URL",
  "EDGE_URL",
  "PUBLIC_URL",
  "RTMP_URL",
  "ENROL_TOKEN",
  "ORIGIN_ID",
  "RTMP_PORT",
  "HTTP_PORT",
];
const LIBRARY_INSIDE = "/library";

const run = promisify(execFile);

let found: "podman" | "docker" | null = null;

function engine(): "podman" | "docker" {
  found ??= spawnSync("podman", ["--version"]).status === 0 ? "podman" : "docker";
  return found;
}

/** How the engine of this machine is reached, which the stack has to pass on. */
export function engineSettings(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      /^(CONTAINERS?|DOCKER)_/.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

/**
 * Has the system forget what it holds in memory of the image's files: a page is charged to the group that reads it
 * first, and that is to be the one that is measured. Takes root and podman; elsewhere a fresh image does the same.
 */
export async function forgetPages(image: string): Promise<void> {
  if (engine() !== "podman") return;
  const { stdout } = await run("podman", ["image", "mount", image]);
  try {
    const forget = ["dd", "if={}", "iflag=nocache", "count=0", "status=none"];
    await run("find", [stdout.trim(), "-type", "f", "-size", "+64k", "-exec", ...forget, ";"]);
  } finally {
    await run("podman", ["image", "unmount", image]);
  }
}

/** A command that runs the image in place of the program behind it, and ends when the container does. */
export function containerThrough(options: { name: string; image: string; limits: Limits; library: string }): string[] {
  const { memoryBytes, cpus } = options.limits;
  const command = [
    ...[engine(), "run", "--rm", "--name", options.name, "--network=host", "--read-only"],
    ...(memoryBytes === null ? [] : [`--memory=${memoryBytes}`]),
    ...(cpus === null ? [] : [`--cpus=${cpus}`]),
    ...TOLD.flatMap((setting) => ["--env", setting]),
    ...["--volume", `${options.library}:${LIBRARY_INSIDE}:ro`, "--env", `LIBRARY_DIR=${LIBRARY_INSIDE}`],
    options.image,
  ];
  return ["sh", "-c", "exec $0", command.join(" ")];
}

/** The container's first process, as the host numbers it. */
export async function containerPid(name: string): Promise<number> {
  const { stdout } = await run(engine(), ["inspect", "--format", "{{.State.Pid}}", name]);
  return Number(stdout);
}
