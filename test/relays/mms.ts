import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { boundPorts } from "../harness/ports.ts";
import { openWorkshop, RELAYED_HERTZ, type RelayServer } from "./server.ts";

/** VLC as a server of MMS over HTTP, with Windows Media audio. */
export async function startMms(port: number): Promise<RelayServer> {
  const workshop = await openWorkshop();
  const file = join(workshop.folder, "tone.asf");
  const tone = ["-f", "lavfi", "-i", `sine=frequency=${RELAYED_HERTZ}:sample_rate=48000:duration=120`, "-ac", "2"];
  execFileSync("ffmpeg", ["-nostdin", "-v", "error", ...tone, "-c:a", "wmav2", "-b:a", "128k", file]);
  const sout = `#std{access=mmsh,mux=asfh,dst=127.0.0.1:${port}/one}`;
  await workshop.runUnprivileged("cvlc", ["--no-dbus", "-I", "dummy", "--loop", file, "--sout", sout, "--sout-keep"]);
  await vi.waitFor(async () => expect(await boundPorts([port])).toEqual([port]), { timeout: 15_000 });
  return { url: `mmsh://127.0.0.1:${port}/one`, kill: workshop.kill };
}
