import { connect } from "node:net";
import type { z } from "zod";
import { describe } from "../../kit/log.ts";

/** What was answered; headers by lower-case name. */
export type Answer = { status: number; headers: Record<string, string>; body: Buffer; ms: number };
/** Why there is no answer, or none that can be used. `status` is null where nothing was answered at all. */
export type Untold = { ok: false; status: number | null; why: string };
export type Told<T> = { ok: true; value: T; answer: Answer } | Untold;

const LIMIT_MS = 10_000;
const MAX_BODY_BYTES = 16 << 20;

/** Asks once, within ten seconds. Never rejects. */
export async function ask(url: string, init: RequestInit = {}, limitMs = LIMIT_MS): Promise<Answer | Untold> {
  const began = performance.now();
  try {
    const answer = await fetch(url, { redirect: "manual", ...init, signal: AbortSignal.timeout(limitMs) });
    const body = await readBody(answer);
    const headers = Object.fromEntries(answer.headers);
    return { status: answer.status, headers, body, ms: Math.round(performance.now() - began) };
  } catch (thrown) {
    return { ok: false, status: null, why: reasonOf(thrown, limitMs) };
  }
}

/** Asks for JSON of this form. `alsoGood` are statuses beside 2xx whose bodies count. */
export async function askJson<T>(
  url: string,
  schema: z.ZodType<T>,
  init: RequestInit = {},
  alsoGood: readonly number[] = [],
): Promise<Told<T>> {
  const answer = await ask(url, init);
  if ("ok" in answer) return answer;
  const text = answer.body.toString();
  const isGood = (answer.status >= 200 && answer.status < 300) || alsoGood.includes(answer.status);
  const parsed = schema.safeParse(parseJson(text));
  if (isGood && parsed.success) return { ok: true, value: parsed.data, answer };
  const why = isGood ? "its answer has not the form it should have" : `it answered ${answer.status}`;
  return { ok: false, status: answer.status, why };
}

/** Whether an RTMP server (Adobe's RTMP 1.0, 5.2) shakes hands at this address: null when it does, else why not. */
export function shakeHands(host: string, port: number, limitMs = 5000): Promise<string | null> {
  const HELLO_BYTES = 1537;
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (why: string | null) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(why);
    };
    const timer = setTimeout(() => end(`no answer within ${limitMs / 1000} s`), limitMs);
    socket.once("error", (error) => end(reasonOf(error, limitMs)));
    socket.once("close", () => end("it hung up"));
    socket.once("connect", () => socket.write(Buffer.alloc(HELLO_BYTES, 0).fill(3, 0, 1)));
    socket.once("data", (chunk: Buffer) => end(chunk[0] === 3 ? null : "what answers does not speak RTMP"));
  });
}

async function readBody(answer: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` hides why it failed in the cause. */
function reasonOf(thrown: unknown, limitMs: number): string {
  if (thrown instanceof DOMException && thrown.name === "TimeoutError") return `no answer within ${limitMs / 1000} s`;
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : null;
  const words: Record<string, string> = {
    ECONNREFUSED: "the connection is refused",
    ENOTFOUND: "its name is not known (DNS)",
    EAI_AGAIN: "its name cannot be looked up (DNS)",
    ETIMEDOUT: "no connection in time",
    CERT_HAS_EXPIRED: "its certificate has run out",
    DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
    ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
  };
  return (code === null ? undefined : words[code]) ?? describe(cause);
}
