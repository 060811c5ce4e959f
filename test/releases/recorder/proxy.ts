import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { MessageName } from "../messages.ts";
import type { Samples } from "./samples.ts";

/** What is said under a path, and what is answered. */
type Rule = { method: string; path: RegExp; said?: MessageName; answered?: MessageName };

const RULES: readonly Rule[] = [
  { method: "POST", path: /\/origins\/register$/, said: "Registration", answered: "RegistrationAnswer" },
  { method: "POST", path: /\/heartbeat$/, said: "Heartbeat", answered: "HeartbeatAnswer" },
  { method: "POST", path: /\/jobs\/claim$/, answered: "Job" },
  { method: "POST", path: /\/jobs\/[^/]+\/progress$/, said: "JobProgress", answered: "JobLease" },
  { method: "POST", path: /\/jobs\/[^/]+\/prepared$/, said: "NewPreparedFile" },
  { method: "POST", path: /\/jobs\/[^/]+\/result$/, said: "JobResult" },
  { method: "PUT", path: /\/index\.json$/, said: "StationIndex" },
  { method: "GET", path: /\/published$/, answered: "PublishedAnswer" },
  { method: "GET", path: /\/plan$/, answered: "StationPlan" },
];

export type RecordingProxy = { url: string; close(): Promise<void> };

/** Passes all on to `target`, which may be known only when the first request comes, and keeps what is said on the way. */
export async function startRecordingProxy(target: () => string, samples: Samples): Promise<RecordingProxy> {
  const server = createServer((incoming, outgoing) => pass(target(), samples, incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(target: string, samples: Samples, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const url = new URL(incoming.url ?? "/", target);
  const rule = RULES.find(({ method, path }) => method === incoming.method && path.test(url.pathname));
  const headers = { ...incoming.headers, host: url.host };
  const onward = request(url, { method: incoming.method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    keep(answer, answer.statusCode === 200 ? rule?.answered : "Failure", samples);
    answer.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  keep(incoming, rule?.said, samples);
  incoming.pipe(onward);
}

function keep(stream: IncomingMessage, name: MessageName | undefined, samples: Samples): void {
  if (name === undefined || !stream.headers["content-type"]?.includes("json")) return;
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => samples.take(name, Buffer.concat(chunks).toString("utf8")));
}
