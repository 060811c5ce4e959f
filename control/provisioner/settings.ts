import { z } from "zod";
import { OriginId } from "../../contracts/names.ts";

/** What the provisioner finds among the Worker's bindings. Token, secret and nodes are Worker secrets. */
export type ProvisionerBindings = {
  PROVISIONER?: string;
  PROVISIONER_URL?: string;
  PROVISIONER_TOKEN?: string;
  PROVISIONER_SECRET?: string;
  /** JSON, as `NodeTemplate`. It holds the enrolment token with which a new node presents itself. */
  PROVISIONER_NODES?: string;
};

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const HttpUrl = z.url({ protocol: /^https?$/ }).transform((given) => given.replace(/\/+$/, ""));
/** One line each: they are written into an environment file. */
const Variables = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]{0,60}$/),
  z
    .string()
    .max(2000)
    .regex(/^[^\r\n\0]*$/),
);

/** How an image is named, as an engine takes it. */
export const IMAGE_PATTERN = /^[a-zA-Z0-9][\w./:@-]{0,254}$/;

/** Of what nodes are made. What stands under a node's own id goes before what stands for all. */
export const NodeTemplate = z.strictObject({
  image: z.string().regex(IMAGE_PATTERN),
  env: Variables.default({}),
  /** Where the node keeps its data; a volume of its own is mounted there and outlives it unless `keepVolume` is false. */
  dataDir: z
    .string()
    .regex(/^\/[\w./-]{1,200}$/)
    .default("/data"),
  keepVolume: z.boolean().default(true),
  network: z
    .string()
    .regex(/^[a-zA-Z0-9][\w.-]{0,60}$/)
    .default("host"),
  /** Ports of the container (`8801/tcp`) and where the machine offers them; none on the machine's own network. */
  ports: z.record(z.string().regex(/^\d{1,5}\/(?:tcp|udp)$/), z.int().min(1).max(65_535)).default({}),
  memoryMb: z.int().min(64).optional(),
  cpus: z.number().positive().max(64).optional(),
  /** For a cloud: what machine, where, with which system, and who may log in. */
  server: z
    .strictObject({
      type: z.string().max(40),
      location: z.string().max(40).optional(),
      image: z.string().max(80).default("docker-ce"),
      sshKeys: z.array(z.string().max(100)).max(20).default([]),
    })
    .optional(),
  nodes: z.record(OriginId, z.strictObject({ engine: HttpUrl.optional(), env: Variables.default({}) })).default({}),
});
export type NodeTemplate = z.infer<typeof NodeTemplate>;

const Environment = z.object({
  PROVISIONER: z.preprocess(unsetWhenEmpty, z.enum(["none", "docker", "webhook", "hetzner"]).default("none")),
  PROVISIONER_URL: z.preprocess(unsetWhenEmpty, HttpUrl.optional()),
  PROVISIONER_TOKEN: z.preprocess(unsetWhenEmpty, z.string().max(500).optional()),
  PROVISIONER_SECRET: z.preprocess(unsetWhenEmpty, z.string().min(16).max(500).optional()),
  PROVISIONER_NODES: z.preprocess(
    unsetWhenEmpty,
    z
      .string()
      .max(64 << 10)
      .optional(),
  ),
});

export type ProvisionerSettings =
  | { driver: "none" }
  | { driver: "docker"; engine: string; token: string | null; template: NodeTemplate }
  | { driver: "webhook"; url: string; secret: string }
  | { driver: "hetzner"; api: string; token: string; template: NodeTemplate };

const HETZNER = "https://api.hetzner.cloud/v1";

/** Reads the driver and what it needs. Throws an error that names what is missing or wrong, without its value. */
export function readProvisionerSettings(bindings: ProvisionerBindings): ProvisionerSettings {
  const set = Environment.parse(bindings);
  const { PROVISIONER_URL: url, PROVISIONER_TOKEN: token, PROVISIONER_SECRET: secret } = set;
  switch (set.PROVISIONER) {
    case "none":
      return { driver: "none" };
    case "docker":
      return { driver: "docker", engine: needed(url, "URL"), token: token ?? null, template: readTemplate(set) };
    case "webhook":
      return { driver: "webhook", url: needed(url, "URL"), secret: needed(secret, "SECRET") };
    case "hetzner":
      return { driver: "hetzner", api: url ?? HETZNER, token: needed(token, "TOKEN"), template: readTemplate(set) };
  }
}

function needed(value: string | undefined, name: string): string {
  if (value === undefined) throw new Error(`PROVISIONER_${name} is not set, and this provisioner needs it.`);
  return value;
}

function readTemplate(set: z.infer<typeof Environment>): NodeTemplate {
  const text = needed(set.PROVISIONER_NODES, "NODES");
  const template = NodeTemplate.safeParse(parsed(text));
  if (template.success) return template.data;
  const places = template.error.issues.map(({ path, code }) => `${path.map(String).join(".")} (${code})`);
  throw new Error(`PROVISIONER_NODES does not fit: ${places.join(", ")}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("PROVISIONER_NODES is no JSON.");
  }
}
