import type { Node } from "../health/provisioner.ts";
import { nodeEnvironment, nodeName, STOP_SECONDS } from "./node-environment.ts";
import type { NodeTemplate } from "./settings.ts";

/** One call of the Docker Engine API, below its version. `accepted`: the answers after which the next may follow. */
export type DockerStep = {
  what: string;
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: object;
  accepted: readonly number[];
};

/** The newest version of the API that this was written against; engines down to 1.25 (2017) know all of it. */
const NEWEST = [1, 47] as const;
const OLDEST = [1, 25] as const;

/** What engines answered to the end of a container that does not run, before they answered 409. */
const NOT_RUNNING_BEFORE_2018 = 500;

/** The version to speak with an engine that offers `offered` as its newest; null for what is no version we speak. */
export function negotiateVersion(offered: string | null): string | null {
  const [, major, minor] = offered?.match(/^(\d{1,3})\.(\d{1,3})$/)?.map(Number) ?? [];
  if (major !== NEWEST[0] || minor === undefined || minor < OLDEST[1]) return null;
  return `v${major}.${Math.min(minor, NEWEST[1])}`;
}

/**
 * What makes a node anew: if the image is there, its container is ended and goes, and one like it is created and started. Done
 * twice it comes to the same. A node's volume goes with it only where the template says so.
 */
export function dockerPlan(node: Node, template: NodeTemplate): DockerStep[] {
  const name = nodeName(node);
  const image = node.image ?? template.image;
  const find: DockerStep = {
    what: `finding image ${image}`,
    method: "GET",
    path: `/images/${image}/json`,
    accepted: [200],
  };
  // To remove by force is not to end at once everywhere: podman waits as long for the node to drain as it was made to.
  const end: DockerStep = {
    what: "ending the container",
    method: "POST",
    path: `/containers/${name}/kill`,
    accepted: [204, 404, 409, NOT_RUNNING_BEFORE_2018],
  };
  const remove: DockerStep = {
    what: "removing the container",
    method: "DELETE",
    path: `/containers/${name}?force=true`,
    accepted: [204, 404],
  };
  const forget: DockerStep = {
    what: "removing the volume",
    method: "DELETE",
    path: `/volumes/${name}?force=true`,
    accepted: [204, 404],
  };
  return [
    find,
    end,
    remove,
    ...(template.keepVolume ? [] : [forget]),
    {
      what: "creating the container",
      method: "POST",
      path: `/containers/create?name=${name}`,
      body: container(node, template),
      accepted: [201],
    },
    { what: "starting the container", method: "POST", path: `/containers/${name}/start`, accepted: [204, 304] },
  ];
}

function container(node: Node, template: NodeTemplate): object {
  const { dataDir, network, ports, memoryMb, cpus } = template;
  const bindings = Object.entries(ports).map(([port, offered]) => [port, [{ HostPort: String(offered) }]]);
  return {
    Image: node.image ?? template.image,
    Env: Object.entries(nodeEnvironment(node, template)).map(([key, value]) => `${key}=${value}`),
    Labels: { "radio-dream.origin": node.id },
    StopTimeout: STOP_SECONDS,
    ExposedPorts: Object.fromEntries(Object.keys(ports).map((port) => [port, {}])),
    HostConfig: {
      Binds: [`${nodeName(node)}:${dataDir}`],
      NetworkMode: network,
      PortBindings: Object.fromEntries(bindings),
      RestartPolicy: { Name: "always" },
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      ...(memoryMb === undefined ? {} : { Memory: memoryMb * 2 ** 20 }),
      ...(cpus === undefined ? {} : { NanoCpus: Math.round(cpus * 1e9) }),
    },
  };
}
