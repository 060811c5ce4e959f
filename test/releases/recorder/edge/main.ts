import { createEdge } from "../../../../worker/main.ts";
import type { EdgeEnvironment } from "../../../../worker/reach.ts";

/** The real edge, which also hands out what lies in its bucket. */
const edge = createEdge();

export default {
  async fetch(request: Request, environment: EdgeEnvironment, context: ExecutionContext): Promise<Response> {
    const [, key] = /^\/__stored\/(.+)$/.exec(new URL(request.url).pathname) ?? [];
    if (key === undefined) return edge.fetch(request, environment, context);
    const object = await environment.MEDIA.get(key);
    return object === null ? new Response(null, { status: 404 }) : new Response(await object.arrayBuffer());
  },
};
