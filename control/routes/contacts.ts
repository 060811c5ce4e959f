import { createRoute, z } from "@hono/zod-openapi";
import {
  ContactChange,
  ContactQuery,
  changeContact,
  createContact,
  deleteContact,
  listContacts,
  NewContact,
} from "../alerting/contacts.ts";
import { body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { createRouter } from "./router.ts";

const ContactAnswer = z.object({
  id: z.string(),
  /** Null: on call for all stations. */
  station: z.string().nullable(),
  name: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  /** The lower is told first, the next one when that one does not acknowledge. */
  position: z.int(),
  createdAt: z.int(),
});

const ContactPath = z.object({ id: z.uuid() });

const list = createRoute({
  method: "get",
  path: "/alerts/contacts",
  operationId: "listContacts",
  tags: ["Alerts"],
  summary: "Who is on call, in the order in which they are told",
  security: SECURED,
  request: { query: ContactQuery },
  responses: { 200: json(pageSchema(ContactAnswer), "A page of contacts"), ...failures(401, 403, 422) },
});

const create = createRoute({
  method: "post",
  path: "/alerts/contacts",
  operationId: "createContact",
  tags: ["Alerts"],
  summary: "Put somebody on call for a station, or for all",
  security: SECURED,
  request: { body: body(NewContact) },
  responses: { 201: json(ContactAnswer, "The contact"), ...failures(400, 401, 403, 404, 409, 413, 422) },
});

const change = createRoute({
  method: "patch",
  path: "/alerts/contacts/{id}",
  operationId: "changeContact",
  tags: ["Alerts"],
  summary: "Change a contact",
  security: SECURED,
  request: { params: ContactPath, body: body(ContactChange) },
  responses: { 200: json(ContactAnswer, "The contact"), ...failures(400, 401, 403, 404, 413, 422) },
});

const remove = createRoute({
  method: "delete",
  path: "/alerts/contacts/{id}",
  operationId: "deleteContact",
  tags: ["Alerts"],
  summary: "Take somebody off call",
  security: SECURED,
  request: { params: ContactPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 422) },
});

export const contacts = createRouter()
  .openapi(list, async (c) => c.json(await listContacts(c.var.context, c.req.valid("query")), 200))
  .openapi(create, async (c) => c.json(await createContact(c.var.context, c.req.valid("json")), 201))
  .openapi(change, async (c) =>
    c.json(await changeContact(c.var.context, c.req.valid("param").id, c.req.valid("json")), 200),
  )
  .openapi(remove, async (c) => {
    await deleteContact(c.var.context, c.req.valid("param").id);
    return c.body(null, 204);
  });
