import { once } from "node:events";
import { mkdir, mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Place } from "../../dev/place.ts";
import { ROOT } from "../../dev/settings.ts";
import type { Bundles } from "./releases.ts";
import type { Stack } from "./stack.ts";

/**
 * Makes nodes of one release or the other: what stands behind control's webhook. A node's process is ended, and starts anew with
 * the other program, as a container would be replaced.
 */
export type NodeMaker = {
  /** Settings and places for a stack whose origins begin as the release that was named. */
  env: Record<string, string>;
  places: Record<string, Pick<Place, "bundle">>;
  /** Whose processes are to be ended; control's calls are refused until it is known. */
  serve(stack: Stack): void;
  /** Who was made anew, and as what, in order. */
  readonly made: readonly { id: string; version: string }[];
  close(): Promise<void>;
};

const Told = z.object({ event: z.literal("recreate"), node: z.object({ id: z.string(), version: z.string() }) });

export async function startNodeMaker(ids: readonly string[], first: Bundles, other: Bundles): Promise<NodeMaker> {
  const states = join(ROOT, ".radio/tests");
  await mkdir(states, { recursive: true });
  const folder = await mkdtemp(join(states, "nodes-"));
  const bundleOf = (id: string) => join(folder, `${id}.mjs`);
  const release = async (id: string, { origin }: Bundles) => {
    await symlink(origin, `${bundleOf(id)}.new`);
    await rename(`${bundleOf(id)}.new`, bundleOf(id));
  };
  for (const id of ids) await release(id, first);

  const made: { id: string; version: string }[] = [];
  let stack: Stack | null = null;
  const server = createServer(async (request, response) => {
    const { node } = Told.parse(JSON.parse(await text(request)));
    const bundles = [first, other].find(({ release }) => release === node.version);
    if (!stack || !bundles) return void response.writeHead(503).end();
    await release(node.id, bundles);
    made.push({ id: node.id, version: node.version });
    response.writeHead(202).end();
    await stack.kill(node.id, "SIGTERM");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    env: {
      PROVISIONER: "webhook",
      PROVISIONER_URL: `http://127.0.0.1:${port}`,
      PROVISIONER_SECRET: "secret-of-the-node-maker",
    },
    places: Object.fromEntries(ids.map((id) => [id, { bundle: bundleOf(id) }])),
    serve: (served) => {
      stack = served;
    },
    made,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await rm(folder, { recursive: true });
    },
  };
}
