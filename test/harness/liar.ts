import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type IndexedSegment, StationIndex } from "../../contracts/station-index.ts";
import { DIGEST_HEADER } from "../../contracts/storage.ts";
import { packSegment } from "../../origin/packager/transport-stream.ts";
import { readSegment } from "./transport-stream.ts";

/** What an origin behind the liar uploads in place of the truth; the index that follows vouches for it. */
export const LIES = ["silence", "garbage", "other bytes", "the future", "the past"] as const;
export type Lie = (typeof LIES)[number];

export type Liar = {
  url: string;
  /** The edge it stands before. */
  aim(edgeUrl: string): void;
  tell(lie: Lie | null): void;
  close(): Promise<void>;
};

type Told = { number: number; bytes: Buffer; counter: number };

const SEGMENT_PATH = /^\/origin\/v1\/[^/]+\/([^/]+)\/(\d+)\.ts$/;
const INDEX_PATH = /^\/origin\/v1\/[^/]+\/index\.json$/;
/** AAC-LC, 48 kHz, stereo: nothing (ISO 14496-3, 4.4.2.1). */
const SILENT_FRAME = Buffer.from([0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c]);
const FAR = 1000;
const TIMEOUT_MS = 20_000;
const REMEMBERED = 200;

/** Stands between an origin and the edge, and changes what the origin uploads, digests and index and all. */
export async function startLiar(): Promise<Liar> {
  let edgeUrl = "";
  let lie: Lie | null = null;
  const told = new Map<string, Told>();
  let earlier: Buffer | null = null;

  const change = (rendition: string, number: number, truth: Buffer): Told => {
    const { frames, counters } = readSegment(truth);
    const counter = counters.audio[0] ?? 0;
    const pack = (segment: number, data: Buffer[]) =>
      packSegment({ segment, framesPerSegment: frames.length, counter, frames: data });
    const sound = frames.map(({ data }) => data);
    const lies: { [name in Lie]: () => Omit<Told, "counter"> } = {
      silence: () => ({
        number,
        bytes: pack(
          number,
          sound.map(() => SILENT_FRAME),
        ),
      }),
      garbage: () => ({ number, bytes: randomBytes(truth.length) }),
      "other bytes": () => ({ number, bytes: earlier ?? truth }),
      "the future": () => ({ number: number + FAR, bytes: pack(number + FAR, sound) }),
      "the past": () => ({ number: number - FAR, bytes: pack(number - FAR, sound) }),
    };
    const is = lie === null ? { number, bytes: truth } : lies[lie]();
    earlier = truth;
    told.set(`${rendition}/${number}`, { ...is, counter });
    for (const oldest of told.keys()) if (told.size > REMEMBERED) told.delete(oldest);
    return { ...is, counter };
  };

  const changeIndex = (text: string): string => {
    const index = StationIndex.parse(JSON.parse(text));
    return JSON.stringify({ ...index, segments: index.segments.map((segment) => changeEntry(segment, told)) });
  };

  const pass = async (request: IncomingMessage): Promise<Response> => {
    let path = request.url ?? "/";
    let body: Buffer = await buffer(request);
    const [, rendition = "", number = ""] = SEGMENT_PATH.exec(path) ?? [];
    if (request.method === "PUT" && number !== "") {
      const is = change(rendition, Number(number), body);
      body = is.bytes;
      path = path.replace(number, String(is.number));
    } else if (request.method === "PUT" && INDEX_PATH.test(path)) body = Buffer.from(changeIndex(body.toString()));
    const headers = new Headers({ authorization: request.headers.authorization ?? "" });
    const type = request.headers["content-type"];
    if (type !== undefined) headers.set("content-type", type);
    if (body.length > 0) headers.set(DIGEST_HEADER, `sha-256=:${createHash("sha256").update(body).digest("base64")}:`);
    return fetch(edgeUrl + path, {
      method: request.method ?? "GET",
      headers,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body.length > 0 ? { body: Uint8Array.from(body) } : {}),
    });
  };

  const server = createServer((request, response) => {
    pass(request).then(
      async (answer) => {
        response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aim: (url) => {
      edgeUrl = url;
    },
    tell: (next) => {
      lie = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function changeEntry(segment: IndexedSegment, told: ReadonlyMap<string, Told>): IndexedSegment {
  let { number } = segment;
  const renditions: IndexedSegment["renditions"] = {};
  for (const [rendition, copy] of Object.entries(segment.renditions)) {
    const is = told.get(`${rendition}/${segment.number}`);
    if (is) number = is.number;
    renditions[rendition] = is
      ? { sha256: createHash("sha256").update(is.bytes).digest("hex"), bytes: is.bytes.length, counter: is.counter }
      : copy;
  }
  return { ...segment, number, renditions };
}
