import { withTimeout } from "../../../kit/race.ts";
import { FlvReader, parseAacMessage } from "../../ingest/flv.ts";
import { describeNetworkError } from "../../uploader/edge-request.ts";

const WITHIN_MS = 3000;

/** Whether one frame of a programme can be pulled over HTTP-FLV: null when it can, else why not. Never rejects. */
export async function probeSource(url: string): Promise<string | null> {
  try {
    await withTimeout(WITHIN_MS, `pulling ${url}`, (signal) => pullFrame(url, signal));
    return null;
  } catch (thrown) {
    return `the programme cannot be pulled: ${describeNetworkError(thrown)}`;
  }
}

async function pullFrame(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { redirect: "error", signal });
  if (!response.ok) throw new Error(`the studio answered ${response.status}`);
  let heard = false;
  const reader = new FlvReader(({ type, payload }) => {
    heard ||= type === 8 && parseAacMessage(payload)?.kind === "frame";
  });
  for await (const chunk of response.body ?? []) {
    reader.push(Buffer.from(chunk));
    if (heard) return;
  }
  throw new Error("the studio sent no audio");
}
