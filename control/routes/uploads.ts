import { createRoute, z } from "@hono/zod-openapi";
import { MediaId, MediaKind } from "../../contracts/media.ts";
import { Sha256, StationSlug } from "../../contracts/names.ts";
import { PageQuery } from "../db/page.ts";
import { UPLOAD_PHASES } from "../db/uploads.ts";
import { finishUpload } from "../media/finish-upload.ts";
import { listUploads, readUpload } from "../media/read-uploads.ts";
import { createUpload, giveUpUpload, NewUpload, putUploadPart } from "../media/uploads.ts";
import { binaryBody, body, failures, json, NOTHING, pageSchema, SECURED } from "./answers.ts";
import { MediaDetails, MediaPath, mediaDetails } from "./media-answer.ts";
import { createRouter } from "./router.ts";
import { StationPath } from "./station-answer.ts";
import { streamOf } from "./transfers.ts";

const UploadSummary = z.object({
  /** The file of the library will have it too. */
  id: MediaId,
  station: StationSlug,
  fileName: z.string(),
  contentType: z.string(),
  bytes: z.int(),
  kind: MediaKind,
  phase: z.enum(UPLOAD_PHASES),
  /** Every part has this length but the last, which has what remains; they are numbered from 1 to `partCount`. */
  partBytes: z.int(),
  partCount: z.int(),
  createdBy: z.string(),
  createdAt: z.int(),
  /** When something last came of it; after a day without, it is given up. */
  touchedAt: z.int(),
});

const UploadAnswer = UploadSummary.extend({
  /** The parts that are there: whatever is not among them is still to be sent. */
  received: z.array(z.object({ number: z.int(), bytes: z.int() })),
});

const create = createRoute({
  method: "post",
  path: "/stations/{slug}/uploads",
  operationId: "createUpload",
  tags: ["Media"],
  summary: "Begin to upload a file in parts, of 500 MB at most; it survives being cut",
  security: SECURED,
  request: { params: StationPath, body: body(NewUpload) },
  responses: {
    201: json(UploadAnswer, "The upload: its parts may come in any order, several at once, and again"),
    ...failures(400, 401, 403, 404, 409, 413, 422),
  },
});

const list = createRoute({
  method: "get",
  path: "/stations/{slug}/uploads",
  operationId: "listUploads",
  tags: ["Media"],
  summary: "Uploads that are under way, oldest first",
  security: SECURED,
  request: { params: StationPath, query: PageQuery },
  responses: { 200: json(pageSchema(UploadSummary), "A page of uploads"), ...failures(401, 403, 404, 422) },
});

const read = createRoute({
  method: "get",
  path: "/stations/{slug}/uploads/{id}",
  operationId: "readUpload",
  tags: ["Media"],
  summary: "How far an upload has come: which parts are there",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 200: json(UploadAnswer, "The upload"), ...failures(401, 403, 404, 422) },
});

const putPart = createRoute({
  method: "put",
  path: "/stations/{slug}/uploads/{id}/parts/{number}",
  operationId: "putUploadPart",
  tags: ["Media"],
  summary: "Send one part, of exactly its length",
  security: SECURED,
  request: {
    params: MediaPath.extend({ number: z.coerce.number().int().min(1).max(10_000) }),
    body: binaryBody("application/octet-stream"),
  },
  responses: {
    200: json(UploadAnswer, "The upload, with this part"),
    ...failures(401, 403, 404, 409, 411, 413, 422, 503),
  },
});

const complete = createRoute({
  method: "post",
  path: "/stations/{slug}/uploads/{id}/complete",
  operationId: "completeUpload",
  tags: ["Media"],
  summary: "Make one file of the parts, if it has the SHA-256 that it should have; may be asked again",
  security: SECURED,
  request: { params: MediaPath, body: body(z.strictObject({ sha256: Sha256 })) },
  responses: {
    201: json(MediaDetails, "The file, now in the library; `duplicates` names others of the same content"),
    ...failures(400, 401, 403, 404, 409, 413, 422),
  },
});

const giveUp = createRoute({
  method: "delete",
  path: "/stations/{slug}/uploads/{id}",
  operationId: "giveUpUpload",
  tags: ["Media"],
  summary: "Give an upload up, with all that has come of it",
  security: SECURED,
  request: { params: MediaPath },
  responses: { 204: NOTHING, ...failures(401, 403, 404, 409, 422) },
});

export const uploads = createRouter()
  .openapi(create, async (c) => {
    const upload = await createUpload(c.var.context, c.env.MEDIA, c.req.valid("param").slug, c.req.valid("json"));
    return c.json(upload, 201);
  })
  .openapi(list, async (c) =>
    c.json(await listUploads(c.var.context, c.req.valid("param").slug, c.req.valid("query")), 200),
  )
  .openapi(read, async (c) => {
    const { slug, id } = c.req.valid("param");
    return c.json(await readUpload(c.var.context, slug, id), 200);
  })
  .openapi(putPart, async (c) => {
    const { slug, id, number } = c.req.valid("param");
    const { bytes, body } = streamOf(c);
    return c.json(await putUploadPart(c.var.context, c.env.MEDIA, slug, id, { number, bytes }, body), 200);
  })
  .openapi(complete, async (c) => {
    const { slug, id } = c.req.valid("param");
    const { sha256 } = c.req.valid("json");
    return c.json(mediaDetails(await finishUpload(c.var.context, c.env.MEDIA, slug, id, sha256)), 201);
  })
  .openapi(giveUp, async (c) => {
    const { slug, id } = c.req.valid("param");
    await giveUpUpload(c.var.context, c.env.MEDIA, slug, id);
    return c.body(null, 204);
  });
