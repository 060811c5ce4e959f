import { existsSync } from "node:fs";
import { aptInstall } from "../harness/apt.ts";

/** What the tests of relays need of this machine, by the names of Debian packages, and a file that shows each is there. */
const PACKAGES = {
  icecast2: "/usr/bin/icecast2",
  "nginx-light": "/usr/sbin/nginx",
  "libnginx-mod-rtmp": "/usr/lib/nginx/modules/ngx_rtmp_module.so",
  "vlc-bin": "/usr/bin/vlc",
  "vlc-plugin-base": "/usr/lib/x86_64-linux-gnu/vlc/plugins/access_output/libaccess_output_http_plugin.so",
  "python3-gi": "/usr/lib/python3/dist-packages/gi/__init__.py",
  "gir1.2-gst-rtsp-server-1.0": "/usr/lib/x86_64-linux-gnu/girepository-1.0/GstRtspServer-1.0.typelib",
  "gstreamer1.0-plugins-base": "/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstaudioconvert.so",
  "gstreamer1.0-plugins-good": "/usr/lib/x86_64-linux-gnu/gstreamer-1.0/libgstrtp.so",
} as const;

export type Package = keyof typeof PACKAGES;

/** Which of these are not there. */
export function missing(packages: readonly Package[]): Package[] {
  return packages.filter((name) => !existsSync(PACKAGES[name]));
}

/** Installs what is missing where this process may; whoever cannot is told by the tests that are skipped. */
export function installMissing(): void {
  aptInstall(missing(Object.keys(PACKAGES) as Package[]), "the tests");
}
