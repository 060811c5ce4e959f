import { createRoute, z } from "@hono/zod-openapi";
import { OriginId } from "../../contracts/names.ts";
import { createToken, listTokens, NewToken, revokeToken } from "../auth/tokens.ts";
import { PageQuery } from "../db/page.ts";
import { TOKEN_KINDS } from "../db/tokens.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { tellMonitor } from "./ask-monitor.ts";
import { createRouter } from "./router.ts";

const TokenAnswer = z.object({
  id: z.string(),
  kind: z.enum(TOKEN_KINDS),
  name: z.string(),
  origin: OriginId.nullable(),
  createdAt: z.int(),
});

const list = createRoute({
  method: "get",
  path: "/tokens",
  operationId: "listTokens",
  tags: ["Tokens"],
  summary: "The tokens in force, without the tokens themselves",
  security: SECURED,
  request: { query: PageQuery },
  responses: { 200: json(pageSchema(TokenAnswer), "A page of tokens"), ...failures(401, 403, 422) },
});

const create = createRoute({
  method: "post",
  path: "/tokens",
  operationId: "createToken",
  tags: ["Tokens"],
  summary: "Make a token for an admin, one with which origins enrol, or one for Prometheus; it is shown this once",
  security: SECURED,
  request: { body: body(NewToken) },
  responses: {
    201: json(
      z.object({ id: z.string(), kind: z.enum(TOKEN_KINDS), name: z.string(), token: z.string() }),
      "The token",
    ),
    ...failures(400, 401, 403, 413, 422),
  },
});

const revoke = createRoute({
  method: "delete",
  path: "/tokens/{id}",
  operationId: "revokeToken",
  tags: ["Tokens"],
  summary: "End a token; an origin whose token is ended can upload no more until it enrols again",
  security: SECURED,
  request: { params: z.object({ id: z.uuid() }) },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const tokens = createRouter()
  .openapi(list, async (c) => c.json(await listTokens(c.var.context, c.req.valid("query")), 200))
  .openapi(create, async (c) => c.json(await createToken(c.var.context, c.req.valid("json")), 201))
  .openapi(revoke, async (c) => {
    await revokeToken(c.var.context, c.req.valid("param").id);
    await tellMonitor(c);
    return c.body(null, 204);
  });
