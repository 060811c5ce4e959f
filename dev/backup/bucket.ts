import { openAsBlob } from "node:fs";
import { AwsClient } from "aws4fetch";
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";
import { limitMs, persistently, RemoteRefusal } from "./persistence.ts";

/** An object as it is listed. `etag` is the MD5 of what was put at once; of what came in parts it is something else. */
export type ListedObject = { key: string; bytes: number; etag: string };

/** Headers of an object that are kept with it, by lower-case name. */
export type ObjectHeaders = Record<string, string>;

export type ReadObject = { body: ReadableStream<Uint8Array>; etag: string; headers: ObjectHeaders };

/** The part of a bucket that backups need. */
export type ObjectStore = Pick<Bucket, "list" | "get" | "put" | "readText" | "writeText" | "delete">;

export type S3Settings = { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string };

const KEPT_HEADERS = /^(?:content-type|content-disposition|content-language|cache-control|x-amz-meta-.+)$/;

const Listing = z.object({
  ListBucketResult: z.object({
    Contents: z.array(z.object({ Key: z.string(), Size: z.coerce.number(), ETag: z.string() })).default([]),
    NextContinuationToken: z.string().optional(),
  }),
});
const parser = new XMLParser({ isArray: (name) => name === "Contents", parseTagValue: false });
/** As much as one call may list. */
const MAX_LISTING_BYTES = 4 << 20;

/**
 * A bucket behind the S3 API: R2's, or the one that Miniflare has for its own. Listings and deletions are tried again by
 * themselves; what moves an object is not, for only the caller can begin anew.
 */
export class Bucket {
  readonly #client: AwsClient;
  readonly #base: string;

  constructor({ endpoint, bucket, accessKeyId, secretAccessKey }: S3Settings) {
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, service: "s3", region: "auto", retries: 0 });
    this.#base = `${endpoint.replace(/\/+$/, "")}/${bucket}`;
  }

  /** The objects whose keys begin with the prefix, by key. */
  async *list(prefix: string): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const page = await this.#page(prefix, token);
      for (const { Key, Size, ETag } of page.Contents) {
        yield { key: decodeURIComponent(Key.replaceAll("+", " ")), bytes: Size, etag: unquoted(ETag) };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** The object; null when there is none. Whoever takes it reads its body to the end, or cancels it. */
  async get(key: string, bytes: number): Promise<ReadObject | null> {
    const answer = await this.#call("GET", key, bytes);
    if (answer.status === 404) {
      await answer.body?.cancel();
      return null;
    }
    const { body } = await expectOk(answer, `GET ${key}`);
    if (!body) throw new TypeError(`GET ${key}: the answer has no body`);
    const kept = [...answer.headers].filter(([name]) => KEPT_HEADERS.test(name));
    return { body, etag: unquoted(answer.headers.get("etag") ?? ""), headers: Object.fromEntries(kept) };
  }

  /** Puts a file; the other side refuses it unless it arrives with this hash. */
  async put(key: string, file: string, bytes: number, sha256: string, headers: ObjectHeaders): Promise<void> {
    const body = await openAsBlob(file);
    const answer = await this.#call("PUT", key, bytes, {
      body,
      headers: { ...headers, "x-amz-content-sha256": sha256 },
    });
    await (await expectOk(answer, `PUT ${key}`)).body?.cancel();
  }

  /** Small things, as text: null when there is no such object. */
  async readText(key: string): Promise<string | null> {
    return persistently(async () => {
      const object = await this.get(key, 0);
      return object && new Response(object.body).text();
    });
  }

  async writeText(key: string, text: string): Promise<void> {
    await persistently(async () => expectOk(await this.#call("PUT", key, text.length, { body: text }), `PUT ${key}`));
  }

  async delete(key: string): Promise<void> {
    await persistently(async () => expectOk(await this.#call("DELETE", key, 0), `DELETE ${key}`));
  }

  async #page(prefix: string, token: string | undefined): Promise<z.infer<typeof Listing>["ListBucketResult"]> {
    const query = new URLSearchParams({ "list-type": "2", prefix, "encoding-type": "url" });
    if (token !== undefined) query.set("continuation-token", token);
    const text = await persistently(async () => {
      const answer = await this.#client.fetch(`${this.#base}?${query}`, { signal: AbortSignal.timeout(limitMs(0)) });
      return (await expectOk(answer, `listing ${prefix}`)).text();
    });
    if (text.length > MAX_LISTING_BYTES) throw new Error(`listing ${prefix}: the answer is too long`);
    return Listing.parse(parser.parse(text)).ListBucketResult;
  }

  #call(method: string, key: string, bytes: number, init: RequestInit = {}): Promise<Response> {
    const path = key.split("/").map(encodeURIComponent).join("/");
    const signal = AbortSignal.timeout(limitMs(bytes));
    return this.#client.fetch(`${this.#base}/${path}`, { ...init, method, signal });
  }
}

async function expectOk(answer: Response, what: string): Promise<Response> {
  if (answer.ok) return answer;
  throw new RemoteRefusal(what, answer.status, await answer.text());
}

const unquoted = (etag: string) => etag.replace(/^(?:W\/)?"|"$/g, "");
