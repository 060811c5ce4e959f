import { createHash } from "node:crypto";
import { connect } from "node:net";
import { z } from "zod";
import { MAX_MEDIA_BYTES } from "../../contracts/media.ts";
import { STATION, startStack } from "../harness/stack.ts";
import { megabytes, printTable } from "./table.ts";

/** The largest file there may be, uploaded in parts by a line that is cut three times: how long it takes, and that it is whole. */

const CUTS = [5, 31, 60];
const Upload = z.object({
  id: z.string(),
  partBytes: z.int(),
  partCount: z.int(),
  received: z.array(z.object({ number: z.int() })),
});
const Media = z.object({ sha256: z.string(), bytes: z.int(), state: z.string() });
const PART_MS = 120_000;
const COMPLETE_MS = 300_000;

const stack = await startStack({ origins: 1, env: { JOBS: "off" } });
try {
  const base = `/api/v1/stations/${STATION}/uploads`;
  const file = { fileName: "long.wav", contentType: "audio/wav", bytes: MAX_MEDIA_BYTES };
  const upload = await stack.api(Upload, "POST", base, file);
  const hash = createHash("sha256");
  for (let number = 1; number <= upload.partCount; number += 1) hash.update(partOf(number, upload.partBytes));
  const sha256 = hash.digest("hex");

  const began = performance.now();
  for (let number = 1; number <= upload.partCount; number += 1) {
    const part = partOf(number, upload.partBytes);
    if (CUTS.includes(number)) await cutOff(`${base}/${upload.id}/parts/${number}`, part);
    const { received } = await stack.api(Upload, "GET", `${base}/${upload.id}`);
    if (received.length !== number - 1) throw new Error(`${received.length} parts are there, not ${number - 1}`);
    await put(`${base}/${upload.id}/parts/${number}`, part, AbortSignal.timeout(PART_MS));
  }
  const sent = performance.now();
  const response = await fetch(`${stack.controlUrl}${base}/${upload.id}/complete`, {
    method: "POST",
    headers: { authorization: `Bearer ${stack.adminToken}`, "content-type": "application/json" },
    body: JSON.stringify({ sha256 }),
    signal: AbortSignal.timeout(COMPLETE_MS),
  });
  const media = Media.parse(await response.json());
  const done = performance.now();
  if (media.sha256 !== sha256 || media.bytes !== MAX_MEDIA_BYTES) throw new Error("another file arrived");
  printTable(
    "An upload in parts",
    ["size", "cuts", "sending", "putting together and verifying"],
    [[`${megabytes(MAX_MEDIA_BYTES)} MB`, CUTS.length, seconds(sent - began), seconds(done - sent)]],
  );
} finally {
  await stack.stop();
}

/** Bytes that are others in each part. */
function partOf(number: number, partBytes: number): Buffer<ArrayBuffer> {
  const from = (number - 1) * partBytes;
  const seed = createHash("sha256").update(String(number)).digest();
  return Buffer.alloc(Math.min(partBytes, MAX_MEDIA_BYTES - from), seed);
}

async function put(path: string, body: Buffer<ArrayBuffer>, signal: AbortSignal): Promise<void> {
  const response = await fetch(stack.controlUrl + path, {
    method: "PUT",
    headers: { authorization: `Bearer ${stack.adminToken}` },
    body,
    signal,
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

/** Half of the part leaves, and then the line is dead. */
async function cutOff(path: string, part: Buffer<ArrayBuffer>): Promise<void> {
  const { hostname, port } = new URL(stack.controlUrl);
  const socket = connect(Number(port), hostname);
  const head = [
    `PUT ${path} HTTP/1.1`,
    `Host: ${hostname}`,
    `Authorization: Bearer ${stack.adminToken}`,
    `Content-Length: ${part.length}`,
    "",
    "",
  ];
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(head.join("\r\n"));
    socket.write(part.subarray(0, part.length / 2), () => {
      socket.destroy();
      resolve();
    });
  });
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
