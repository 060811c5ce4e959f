import { hash53 } from "../routing/hash.ts";
import { acceptsGzip, isKnownToCaller, OPEN_TO_ALL } from "./answer.ts";

/** More kinds of headers than any one text needs: two encodings by the seconds it may be fresh for. */
const MAX_HEADERS = 32;

/** A text that is served many times: rendered, tagged and compressed once. */
export class Rendered {
  readonly #type: string;
  readonly #plain: Uint8Array<ArrayBuffer>;
  readonly #tag: string;
  readonly #headers = new Map<string, Headers>();
  #zipped: ArrayBuffer | null = null;

  constructor(text: string, type: string) {
    this.#type = type;
    this.#plain = new Uint8Array(new TextEncoder().encode(text));
    this.#tag = hash53(text).toString(36);
  }

  /**
   * 200 or 304, compressed for who accepts it. No Last-Modified: a playlist may change twice in a second, which that
   * header cannot tell apart; the strong ETag can, and differs by encoding (RFC 9110, 8.8.3.3).
   */
  async answer(request: Request, cacheControl: string): Promise<Response> {
    const isZipped = acceptsGzip(request);
    const etag = isZipped ? `"${this.#tag}-gzip"` : `"${this.#tag}"`;
    const isKnown = isKnownToCaller(request, etag);
    const body = isZipped ? await this.#gzip() : this.#plain;
    const headers = this.#headersFor(etag, cacheControl, isZipped, body.byteLength);
    if (isKnown) return notModified(headers);
    return new Response(body, { headers, encodeBody: isZipped ? "manual" : "automatic" });
  }

  /** The same object each time, which the runtime copies faster than it reads a literal. */
  #headersFor(etag: string, cacheControl: string, isZipped: boolean, length: number): Headers {
    const key = etag + cacheControl;
    let headers = this.#headers.get(key);
    if (headers === undefined) {
      headers = new Headers({
        "content-type": this.#type,
        "content-length": String(length),
        "cache-control": cacheControl,
        etag,
        vary: "accept-encoding",
        ...OPEN_TO_ALL,
      });
      if (isZipped) headers.set("content-encoding", "gzip");
      if (this.#headers.size < MAX_HEADERS) this.#headers.set(key, headers);
    }
    return headers;
  }

  async #gzip(): Promise<ArrayBuffer> {
    if (this.#zipped === null) {
      const { body } = new Response(this.#plain);
      const zipped = (body as ReadableStream).pipeThrough(new CompressionStream("gzip"));
      this.#zipped = await new Response(zipped).arrayBuffer();
    }
    return this.#zipped;
  }
}

function notModified(full: Headers): Response {
  const headers = new Headers(full);
  headers.delete("content-length");
  headers.delete("content-encoding");
  return new Response(null, { status: 304, headers });
}
