import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { boundPorts } from "../harness/ports.ts";
import { openWorkshop, type RelayServer, TONE } from "./server.ts";

/** nginx with its RTMP module, fed with AAC by ffmpeg. */
export async function startNginx(port: number): Promise<RelayServer> {
  const workshop = await openWorkshop();
  const config = join(workshop.folder, "nginx.conf");
  await writeFile(config, configOf(workshop.folder, port));
  await workshop.run("nginx", ["-c", config, "-p", workshop.folder]);
  await vi.waitFor(async () => expect(await boundPorts([port])).toEqual([port]), 10_000);
  const url = `rtmp://127.0.0.1:${port}/live/one`;
  await workshop.run("ffmpeg", [...TONE, "-c:a", "aac", "-b:a", "128k", "-f", "flv", url]);
  return { url, kill: workshop.kill };
}

/** One process, so that killing it leaves none. */
const configOf = (folder: string, port: number) => `
load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/log;
events { worker_connections 64; }
rtmp { server { listen 127.0.0.1:${port}; application live { live on; } } }
`;
