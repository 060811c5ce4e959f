import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failure } from "../../contracts/failure.ts";
import type { StationIndex } from "../../contracts/station-index.ts";
import type { EdgeError } from "./ask-edge.ts";
import { readOwnIndex, readPublished } from "./published.ts";

const index: StationIndex = {
  version: 1,
  station: "demo",
  origin: "origin-1",
  framesPerSegment: 150,
  updatedAt: 1,
  segments: [],
  items: [],
  next: [],
};

describe("what is published", () => {
  let answer: { status: number; body: string };
  let asked: { path: string | undefined; authorization: string | undefined }[];
  const server = createServer((request, response) => {
    asked.push({ path: request.url, authorization: request.headers.authorization });
    response.writeHead(answer.status).end(answer.body);
  });
  let edgeUrl: string;
  const edge = (token: string | null = "secret") => ({ edgeUrl, station: "demo", token: () => token });
  const errorOf = (reading: Promise<unknown>): Promise<EdgeError> =>
    reading.then(
      () => Promise.reject(),
      (thrown) => thrown,
    );

  beforeEach(async () => {
    asked = [];
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    edgeUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("is read with the origin's token", async () => {
    const published = { segment: 100, generation: 2, counters: { "aac-48k": 3 } };
    answer = { status: 200, body: JSON.stringify({ published }) };
    expect(await readPublished(edge())).toEqual(published);
    expect(asked).toEqual([{ path: "/origin/v1/demo/published", authorization: "Bearer secret" }]);
  });

  it("may be nothing yet", async () => {
    answer = { status: 200, body: JSON.stringify({ published: null }) };
    expect(await readPublished(edge())).toBeNull();
  });

  it("includes the origin's own index", async () => {
    answer = { status: 200, body: JSON.stringify(index) };
    expect(await readOwnIndex(edge())).toEqual(index);
    expect(asked[0]?.path).toBe("/origin/v1/demo/index.json");
  });

  it("includes no index where the edge has none", async () => {
    answer = { status: 404, body: "" };
    expect(await readOwnIndex(edge())).toBeNull();
    expect(await errorOf(readPublished(edge()))).toMatchObject({ name: "EdgeError", kind: "denied" });
  });

  it.each([
    { status: 500, kind: "retry" },
    { status: 429, kind: "retry" },
    { status: 401, kind: "denied" },
    { status: 403, kind: "denied" },
    { status: 422, kind: "refused" },
  ])("cannot be read when the edge answers $status: $kind", async ({ status, kind }) => {
    answer = { status, body: JSON.stringify(failure("any", "because")) };
    const error = { name: "EdgeError", kind, message: `the edge answered ${status}: because` };
    expect(await errorOf(readPublished(edge()))).toMatchObject(error);
    expect(await errorOf(readOwnIndex(edge()))).toMatchObject(error);
  });

  it.each([
    { body: "<html>", what: "not JSON" },
    { body: '{"published":{"segment":-1}}', what: "of another form" },
  ])("cannot be read from what is $what", async ({ body }) => {
    answer = { status: 200, body };
    expect(await errorOf(readPublished(edge()))).toMatchObject({ kind: "refused" });
    expect(await errorOf(readOwnIndex(edge()))).toMatchObject({ kind: "refused" });
  });

  it("is not read beyond the size that an index may have", async () => {
    answer = { status: 200, body: " ".repeat(100_000) };
    expect(await errorOf(readPublished(edge()))).toMatchObject({ name: "EdgeError" });
  });

  it("cannot be read while nobody is there", async () => {
    const gone = { ...edge(), edgeUrl: "http://127.0.0.1:9" };
    expect(await errorOf(readPublished(gone))).toMatchObject({ kind: "retry" });
  });

  it("is not asked for without a token", async () => {
    expect(await errorOf(readPublished(edge(null)))).toMatchObject({ kind: "denied" });
    expect(asked).toEqual([]);
  });
});
