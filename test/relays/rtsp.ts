import { join } from "node:path";
import { expect, vi } from "vitest";
import { boundPorts } from "../harness/ports.ts";
import { openWorkshop, RELAYED_HERTZ, type RelayServer } from "./server.ts";

/** GStreamer's RTSP server; VLC's does not speak RTP over TCP. */
export async function startRtsp(port: number): Promise<RelayServer> {
  const workshop = await openWorkshop();
  const program = join(import.meta.dirname, "rtsp.py");
  await workshop.run("/usr/bin/python3", [program, `${port}`, `${RELAYED_HERTZ}`]);
  await vi.waitFor(async () => expect(await boundPorts([port])).toEqual([port]), { timeout: 15_000 });
  return { url: `rtsp://127.0.0.1:${port}/one`, kill: workshop.kill };
}
