import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { Bucket, type ListedObject } from "./bucket.ts";

/** An S3 API that answers what it is told, call by call. */
async function bucketThatAnswers(answers: { status?: number; body: string }[]) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { status = 200, body } = answers[asked.length] ?? { status: 500, body: "" };
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const settings = { endpoint, bucket: "media", accessKeyId: "id", secretAccessKey: "secret" };
  return { bucket: new Bucket(settings), asked };
}

const page = (keys: string[], next?: string) => {
  const contents = keys.map((key) => `<Contents><Key>${key}</Key><Size>3</Size><ETag>&quot;ab&quot;</ETag></Contents>`);
  const token = next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return {
    body: `<?xml version="1.0"?><ListBucketResult><Name>media</Name>${contents.join("")}${token}</ListBucketResult>`,
  };
};

async function everythingOf(listing: AsyncIterable<ListedObject>): Promise<ListedObject[]> {
  const listed: ListedObject[] = [];
  for await (const object of listing) listed.push(object);
  return listed;
}

describe("a bucket behind the S3 API", () => {
  it("is listed to the end, page by page, with the names that were put", async () => {
    const { bucket, asked } = await bucketThatAnswers([
      page(["media%2Fa%20b", "media%2Fc+d"], "to=ken"),
      page(["media%2F1"]),
    ]);
    expect(await everythingOf(bucket.list("media/"))).toEqual(
      ["media/a b", "media/c d", "media/1"].map((key) => ({ key, bytes: 3, etag: "ab" })),
    );
    expect(asked[1]).toContain("continuation-token=to%3Dken");
  });

  it("is empty when nothing is there", async () => {
    const { bucket } = await bucketThatAnswers([page([])]);
    expect(await everythingOf(bucket.list("media/"))).toEqual([]);
  });

  it("is asked again when it is too busy, and not when it says no", async () => {
    const busy = await bucketThatAnswers([{ status: 503, body: "" }, page(["media%2F1"])]);
    expect(await everythingOf(busy.bucket.list("media/"))).toHaveLength(1);
    const refusing = await bucketThatAnswers([{ status: 403, body: "<Code>AccessDenied</Code>" }]);
    await expect(everythingOf(refusing.bucket.list("media/"))).rejects.toThrow("403 <Code>AccessDenied</Code>");
    expect(refusing.asked).toHaveLength(1);
  });
});
