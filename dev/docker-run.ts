/** An origin in a container of its own. */
export type OriginContainer = {
  image: string;
  /** Name of the container and of the volume that keeps its data. */
  name: string;
  environment: Readonly<Record<string, string>>;
  /** `host`: the machine's own network; else the ports that are published on it under their own numbers. */
  network: "host" | readonly number[];
  /** Folders of the machine that can be read inside, each with its place there. */
  readable?: Readonly<Record<string, string>>;
};

/** Longer than a node takes to drain: `docker stop` waits 10 s if not told otherwise. */
const STOP_SECONDS = 25;

/** Arguments for `docker` or `podman` that start it within what a node promises: 128 MB and one core. */
export function dockerRun({ image, name, environment, network, readable = {} }: OriginContainer): string[] {
  return [
    ...["run", "--detach", "--name", name, "--restart", "always", "--stop-timeout", String(STOP_SECONDS)],
    ...["--memory", "128m", "--cpus", "1", "--read-only", "--cap-drop", "all", "--volume", `${name}:/data`],
    ...Object.entries(readable).flatMap(([folder, inside]) => ["--volume", `${folder}:${inside}:ro`]),
    ...(network === "host" ? ["--network", "host"] : network.flatMap((port) => ["--publish", `${port}:${port}`])),
    ...Object.entries(environment).flatMap(([setting, value]) => ["--env", `${setting}=${value}`]),
    image,
  ];
}

/** The same as one line for a shell. */
export function dockerRunLine(container: OriginContainer): string {
  return ["docker", ...dockerRun(container)].map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
