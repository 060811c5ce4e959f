import { existsSync } from "node:fs";
import { aptInstall } from "../../harness/apt.ts";

/** What the comparison needs of this machine, by the names of Debian packages, and a file that shows each is there. */
const PACKAGES: Record<string, string> = {
  "nginx-light": "/usr/sbin/nginx",
  "libnginx-mod-rtmp": "/usr/lib/nginx/modules/ngx_rtmp_module.so",
  liquidsoap: "/usr/bin/liquidsoap",
  icecast2: "/usr/bin/icecast2",
  ffmpeg: "/usr/bin/ffmpeg",
  wrk: "/usr/bin/wrk",
  chromium: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
};

/** Installs what is missing as root, and says so; throws what to do where it may not. */
export function ensurePackages(): void {
  aptInstall(missing(), "the comparison");
  const left = missing();
  if (left.length > 0) throw new Error(`The comparison needs ${left.join(", ")}: apt-get install ${left.join(" ")}`);
}

function missing(): string[] {
  return Object.entries(PACKAGES)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
}
