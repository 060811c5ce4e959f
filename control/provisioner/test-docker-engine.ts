import { z } from "zod";
import type { Fetch } from "../outbound/call.ts";

const Created = z.looseObject({
  Image: z.string(),
  Env: z.array(z.string()),
  HostConfig: z.looseObject({ Binds: z.array(z.string()), RestartPolicy: z.object({ Name: z.string() }) }),
});
type Container = z.infer<typeof Created> & { running: boolean };

export type TestEngine = {
  fetch: Fetch;
  containers: Map<string, Container>;
  volumes: Set<string>;
  /** Method and path of each request, in order. */
  requests: string[];
  headers: Headers[];
  /** Answers once instead of the engine. */
  next: ((request: Request) => Response | Promise<Response>) | null;
};

/** What the Docker Engine API documents of containers, images, volumes and versions, over what `images` it has. */
export function makeEngine(version: string | null, images: readonly string[]): TestEngine {
  const engine: TestEngine = {
    containers: new Map(),
    volumes: new Set(),
    requests: [],
    headers: [],
    next: null,
    fetch: async (request) => {
      const { pathname, search } = new URL(request.url);
      engine.requests.push(`${request.method} ${pathname}${search}`);
      engine.headers.push(request.headers);
      const instead = engine.next;
      engine.next = null;
      if (instead) return instead(request);
      if (pathname === "/_ping") {
        return new Response("OK", { headers: version === null ? {} : { "Api-Version": version } });
      }
      const [, minor, path] = pathname.match(/^\/v1\.(\d+)(\/.*)$/) ?? [];
      if (!path || Number(minor) > Number(version?.split(".")[1])) return message(400, "client version is too new");
      return answer(engine, images, request, path);
    },
  };
  return engine;
}

async function answer(
  engine: TestEngine,
  images: readonly string[],
  request: Request,
  path: string,
): Promise<Response> {
  const [, image] = /^\/images\/(.+)\/json$/.exec(path) ?? [];
  if (image) return images.includes(image) ? Response.json({ Id: image }) : message(404, `No such image: ${image}`);
  const [, kind, name = "", action] = path.split("/");
  if (kind === "volumes" && request.method === "DELETE") {
    return engine.volumes.delete(name) ? new Response(null, { status: 204 }) : message(404, "no such volume");
  }
  if (request.method === "DELETE") {
    return engine.containers.delete(name)
      ? new Response(null, { status: 204 })
      : message(404, `No such container: ${name}`);
  }
  if (name === "create") return create(engine, images, request);
  const container = engine.containers.get(name);
  if (!container) return message(404, `No such container: ${name}`);
  if (action === "kill") return end(container);
  if (action !== "start") return message(404, "page not found");
  if (container.running) return new Response(null, { status: 304 });
  container.running = true;
  return new Response(null, { status: 204 });
}

function end(container: Container): Response {
  if (!container.running) return message(409, "Container is not running");
  container.running = false;
  return new Response(null, { status: 204 });
}

async function create(engine: TestEngine, images: readonly string[], request: Request): Promise<Response> {
  const name = new URL(request.url).searchParams.get("name") ?? "";
  const created = Created.parse(await request.json());
  if (!/^[a-zA-Z0-9][\w.-]+$/.test(name)) return message(400, "Invalid container name");
  if (engine.containers.has(name)) return message(409, `Conflict. The container name "/${name}" is already in use`);
  if (!images.includes(created.Image)) return message(404, `No such image: ${created.Image}`);
  engine.containers.set(name, { ...created, running: false });
  for (const bind of created.HostConfig.Binds) engine.volumes.add(bind.split(":")[0] ?? "");
  return Response.json({ Id: "0123456789ab", Warnings: [] }, { status: 201 });
}

const message = (status: number, text: string) => Response.json({ message: text }, { status });
