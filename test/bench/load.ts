import { startChild } from "../harness/child.ts";

const CONNECTIONS = 32;
const SECONDS = 4;

/** Requests a second that `url` answers, by wrk; throws where any answer is not a success. */
export async function requestsPerSecond(url: string): Promise<number> {
  const wrk = await startChild("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${SECONDS}s`, url]);
  await wrk.ended;
  const text = wrk.lines.map((line) => line.text).join("\n");
  const rate = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  if (/Non-2xx|Socket errors/.test(text) || Number.isNaN(rate)) throw new Error(text);
  return rate;
}
