import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "../../../kit/loop.ts";
import type { Child } from "../../harness/child.ts";
import { boundPorts } from "../../harness/ports.ts";
import type { Workshop } from "../../relays/server.ts";

/** nginx with its RTMP module as a slicer. */

/** As long as ours, in seconds, and as many of them in the list. */
const SEGMENT_SECONDS = 3.2;
const LISTED = 12;
const START_MS = 10_000;

export type NginxPorts = { rtmp: number; http: number };

/**
 * `name` is that of its folder in the workshop. With `callback` there is an application for hosts besides, which asks it
 * before a host is let in and hands the host's stream on; it is told when a stream that is sliced ends.
 */
export async function startSlicer(
  workshop: Workshop,
  name: string,
  ports: NginxPorts,
  callback: string | null = null,
): Promise<Child> {
  const folder = join(workshop.folder, name);
  await mkdir(folder);
  const told = callback === null ? "" : `on_publish_done ${callback};`;
  const hosts =
    callback === null
      ? ""
      : `application live { live on; on_publish ${callback}; push rtmp://127.0.0.1:${ports.rtmp}/hls; push_reconnect 1s; }`;
  return startNginx(
    workshop,
    name,
    `
    rtmp { server { listen 127.0.0.1:${ports.rtmp};
      ${hosts}
      application hls {
        live on; ${told}
        hls on; hls_path ${folder}/hls; hls_continuous on;
        hls_fragment ${SEGMENT_SECONDS * 1000}ms; hls_playlist_length ${Math.round(LISTED * SEGMENT_SECONDS * 1000)}ms;
      }
    } }
    http { ${HTTP_BASICS}
      server { listen 127.0.0.1:${ports.http};
        location /hls { root ${folder}; add_header Cache-Control no-cache; add_header Access-Control-Allow-Origin *; }
      }
    }`,
    [ports.rtmp, ports.http],
  );
}

/** What stands before two slicers: it hands the encoder's stream to both, and listeners to the first that answers. */
export async function startFront(
  workshop: Workshop,
  ports: NginxPorts,
  [first, second]: readonly [NginxPorts, NginxPorts],
): Promise<Child> {
  return startNginx(
    workshop,
    "front",
    `
    rtmp { server { listen 127.0.0.1:${ports.rtmp};
      application hls {
        live on; push_reconnect 1s;
        push rtmp://127.0.0.1:${first.rtmp}/hls; push rtmp://127.0.0.1:${second.rtmp}/hls;
      }
    } }
    http { ${HTTP_BASICS}
      upstream slicers {
        server 127.0.0.1:${first.http} max_fails=1 fail_timeout=10s;
        server 127.0.0.1:${second.http} backup;
      }
      server { listen 127.0.0.1:${ports.http};
        location / {
          proxy_pass http://slicers; proxy_http_version 1.1; proxy_set_header Connection "";
          proxy_connect_timeout 1s; proxy_read_timeout 2s;
          proxy_next_upstream error timeout http_404 http_502 http_503;
        }
      }
    }`,
    [ports.rtmp, ports.http],
  );
}

const HTTP_BASICS = `
  types { application/vnd.apple.mpegurl m3u8; video/mp2t ts; }
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
`;

/** One process without a master, so that killing it leaves none. */
async function startNginx(workshop: Workshop, name: string, servers: string, ports: readonly number[]): Promise<Child> {
  const config = join(workshop.folder, `${name}.conf`);
  await writeFile(
    config,
    `load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
    daemon off; master_process off; pid ${workshop.folder}/${name}.pid; error_log ${workshop.folder}/${name}.log;
    events { worker_connections 1024; }
    ${servers}`,
  );
  const child = await workshop.run("nginx", ["-c", config, "-p", workshop.folder]);
  const deadline = performance.now() + START_MS;
  while (child.running && (await boundPorts(ports)).length < ports.length) {
    if (performance.now() > deadline) throw new Error(`nginx does not listen on ${ports.join(" and ")}`);
    await pause(50);
  }
  if (!child.running) throw new Error(`nginx: ${await child.ended} ${child.lines.map(({ text }) => text).join(" ")}`);
  return child;
}
