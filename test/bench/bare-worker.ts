import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

/** A Worker that does nothing but answer with a body of the given size: what no Worker on this machine can beat. */
export async function startBareWorker(port: number, bytes: number): Promise<{ url: string; stop(): Promise<void> }> {
  const script = `const body = new Uint8Array(${bytes}).fill(65); export default { fetch() { return new Response(body); } };`;
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          name: "bare",
          modules: true,
          script,
          compatibilityDate: "2026-08-01",
          unsafeDirectSockets: [{ host: "127.0.0.1", port }],
        },
      ],
      host: "127.0.0.1",
      port: 0,
      cf: false,
      logRequests: false,
      log: new Log(LogLevel.WARN),
      telemetry: { enabled: false },
    }),
  );
  await miniflare.ready;
  return { url: `http://127.0.0.1:${port}/`, stop: () => miniflare.dispose() };
}
