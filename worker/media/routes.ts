import { Hono } from "hono";
import { coverKey, MediaId, originalKey, preparedKey } from "../../contracts/media.ts";
import { MediaFile, type MediaLink, parseLinkQuery } from "../../contracts/media-link.ts";
import type { Sha256 } from "../../contracts/names.ts";
import { OPEN_TO_ALL } from "../cache/answer.ts";
import type { Edge } from "../edge.ts";
import { EdgeError } from "../edge-error.ts";
import { answerStored } from "../plan/stored.ts";
import type { EdgeEnvironment, Reach } from "../reach.ts";

/** What is public may be withdrawn: whoever keeps a copy asks again after a while. */
const PUBLIC_CACHE_CONTROL = "public, max-age=300";
const MAX_PRIVATE_SECONDS = 3600;

const TYPES: Record<MediaFile, string> = {
  original: "application/octet-stream",
  prepared: "audio/flac",
  cover: "image/jpeg",
};

type Asked = Pick<MediaLink, "station" | "media" | "file">;

/** The files of the libraries: public ones, and for whoever has a signed address. */
export function mediaRoutes(edge: Edge): Hono<{ Bindings: EdgeEnvironment }> {
  const routes = new Hono<{ Bindings: EdgeEnvironment }>();

  routes.get("/:station/media/:media/:file", async (context) => {
    const reach = edge.reachOf(context);
    const station = context.req.param("station");
    await edge.station(station, reach);
    const media = MediaId.safeParse(context.req.param("media"));
    const file = MediaFile.safeParse(context.req.param("file"));
    if (!media.success || !file.success) throw noSuchFile();
    const asked = { station, media: media.data, file: file.data };
    const query = new URL(context.req.url).searchParams;
    const { object, cacheControl } = query.has("signature")
      ? await signedObject(asked, query, reach)
      : await publicObject(asked, reach);
    return await answer(context.req.raw, asked, object, cacheControl, reach);
  });

  /** Throws 403 for an address that control did not sign so, or that has run out. */
  async function signedObject(asked: Asked, query: URLSearchParams, reach: Reach) {
    const signed = parseLinkQuery(query);
    const link = signed && { ...asked, object: signed.object, expires: signed.expires };
    if (!link || !(await edge.libraries.isSigned(link, signed.signature, reach))) {
      throw new EdgeError(403, "link_wrong", "This address is not as it was given out.");
    }
    const left = link.expires - Math.floor(reach.clock.now() / 1000);
    if (left <= 0) throw new EdgeError(403, "link_expired", "This address has run out.");
    return { object: link.object, cacheControl: `private, max-age=${Math.min(left, MAX_PRIVATE_SECONDS)}` };
  }

  async function publicObject({ station, media, file }: Asked, reach: Reach) {
    const found = await edge.libraries.publicMedia(station, media, reach);
    if (found === null) throw noSuchFile();
    const object = file === "original" ? null : found[file];
    if (object === null && file !== "original") throw noSuchFile();
    return { object, cacheControl: PUBLIC_CACHE_CONTROL };
  }

  return routes;
}

async function answer(
  request: Request,
  asked: Asked,
  object: Sha256 | null,
  cacheControl: string,
  reach: Reach,
): Promise<Response> {
  const stored = await answerStored(request, keyOf(asked, object), reach, {
    type: TYPES[asked.file],
    cacheControl,
    headersOf: ({ httpMetadata }) => ({
      "content-disposition": httpMetadata?.contentDisposition ?? "inline",
      ...(httpMetadata?.contentType ? { "content-type": httpMetadata.contentType } : {}),
    }),
  });
  if (stored === null) throw noSuchFile();
  for (const [name, value] of Object.entries(OPEN_TO_ALL)) stored.headers.set(name, value);
  // What was uploaded may be anything: browsers are to run nothing of it.
  stored.headers.set("content-security-policy", "default-src 'none'; sandbox");
  return stored;
}

function keyOf({ station, media, file }: Asked, object: Sha256 | null): string {
  if (object === null) {
    if (file === "original") return originalKey(station, media);
    throw noSuchFile();
  }
  return file === "cover" ? coverKey(station, object) : preparedKey(station, object);
}

function noSuchFile(): EdgeError {
  return new EdgeError(404, "no_such_file", "The station has no such file, or it is not public.");
}
