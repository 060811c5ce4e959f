import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "../../kit/loop.ts";

/** A real engine behind a proxy of its socket, as `PROVISIONER_URL` names one. */
export type Engine = {
  url: string;
  /** Method and path of every request that came through, in order. */
  requests: string[];
  ask(method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response>;
  /** Ends what was started, and removes its files. */
  stop(): Promise<void>;
};

const DOCKER_SOCKET = process.env.DOCKER_HOST?.replace(/^unix:\/\//, "") ?? "/var/run/docker.sock";
const START_MS = 30_000;
const CALL_MS = 30_000;

/** Which engine there is on this machine: the docker of DOCKER_HOST, podman, a docker that runs; null when there is none. */
export function findEngine(): "podman" | "docker" | null {
  if (process.env.DOCKER_HOST !== undefined && existsSync(DOCKER_SOCKET)) return "docker";
  if (spawnSync("podman", ["--version"]).status === 0) return "podman";
  return existsSync(DOCKER_SOCKET) ? "docker" : null;
}

/** Starts podman's service, with storage of its own where `isolated`, or goes to the docker that runs. */
export async function startEngine(program: "podman" | "docker", isolated: boolean): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), "radio-dream-engine-"));
  const socket = program === "podman" ? join(folder, "engine.sock") : DOCKER_SOCKET;
  const service = program === "podman" ? await startService(folder, socket, isolated) : null;
  const proxy = await startProxy(socket);
  const engine: Engine = {
    url: proxy.url,
    requests: proxy.requests,
    ask: (method, path, body) =>
      fetch(proxy.url + path, { method, signal: AbortSignal.timeout(CALL_MS), ...(body ? { body } : {}) }),
    stop: async () => {
      await proxy.close();
      if (service) await ended(service);
      await rm(folder, { recursive: true, force: true });
    },
  };
  const deadline = performance.now() + START_MS;
  while (!(await answers(engine))) {
    if (performance.now() < deadline) await pause(100);
    else {
      await engine.stop();
      throw new Error(`${program} did not answer within ${START_MS / 1000} s`);
    }
  }
  return engine;
}

const answers = (engine: Engine) =>
  engine.ask("GET", "/_ping").then(
    ({ status }) => status === 200,
    () => false,
  );

async function startService(folder: string, socket: string, isolated: boolean): Promise<ChildProcess> {
  const storage = ["--root", join(folder, "store"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const args = [...(isolated ? storage : []), "system", "service", "--time=0", `unix://${socket}`];
  return spawn("podman", args, { env: await podmanEnvironment(folder), stdio: "ignore" });
}

/** So that containers run where there is no systemd and limits cannot be raised, unless CONTAINERS_CONF says how. */
export async function podmanEnvironment(folder: string): Promise<NodeJS.ProcessEnv> {
  const settings = join(folder, "containers.conf");
  const runtime = spawnSync("runc", ["--version"]).status === 0 ? 'runtime = "runc"\n' : "";
  const files = Number(execFileSync("sh", ["-c", "ulimit -Hn"])) || 1_048_576;
  await writeFile(
    settings,
    `[containers]\ndefault_ulimits = ["nofile=${files}:${files}", "nproc=20000:20000"]\nlog_driver = "k8s-file"\n` +
      `[engine]\n${runtime}cgroup_manager = "cgroupfs"\nevents_logger = "file"\n`,
  );
  return { ...process.env, CONTAINERS_CONF: process.env.CONTAINERS_CONF ?? settings };
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

async function startProxy(socket: string) {
  const open = new Set<Socket>();
  const requests: string[] = [];
  const server = createServer((client) => {
    const engine = connect(socket);
    for (const [end, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(end);
      end.on("error", () => other.destroy());
      end.on("close", () => open.delete(end));
    }
    client.on("data", (chunk) => {
      const [, request] = /^((?:GET|POST|PUT|DELETE) \S+) HTTP\/1\.1\r\n/.exec(chunk.toString("latin1")) ?? [];
      if (request !== undefined) requests.push(request);
    });
    client.pipe(engine).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => {
      for (const end of open) end.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
