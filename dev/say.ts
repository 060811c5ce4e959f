import type { Ffmpeg } from "../origin/process/ffmpeg.ts";
import { dockerRunLine } from "./docker-run.ts";
import { DEMO_STATION } from "./seed.ts";
import type { Settings } from "./settings.ts";

/** What `npm start` says once the station is on air. */
export function onAirText(facts: {
  settings: Settings;
  streamKey: string;
  adminToken: string;
  ffmpeg: Ffmpeg;
  seconds: number;
}): string {
  const { settings, streamKey, ffmpeg } = facts;
  const { slug } = DEMO_STATION;
  const host = settings.publicHost === "127.0.0.1" ? "localhost" : settings.publicHost;
  const edge = `http://${host}:${settings.edgePort}`;
  const api = `http://${host}:${settings.controlPort}/api/v1`;
  const rtmp = `rtmp://${host}:${settings.rtmpPort}`;
  const publish = `${slug}?key=${streamKey}`;
  const token = settings.adminToken === null ? facts.adminToken : "as set in ADMIN_TOKEN";
  const rows: [string, string][] = [
    ["Listen", `${edge}/${slug}`],
    ["  playlist", `${edge}/${slug}/live.m3u8`],
    ["  VLC", `${rtmp}/radiodream/${slug}`],
    ["Go live", `ffmpeg -re -i song.mp3 -vn -c:a aac -f flv "${rtmp}/live/${publish}"`],
    ["  OBS", `server ${rtmp}/live`],
    ["", `stream key ${publish}`],
    ["API", api],
    ["  docs", `${api}/docs`],
    ["  admin token", token],
    [
      "Origins",
      settings.origins.map(({ id, httpPort }) => `${id} http://${host}:${httpPort}`).join("   ") || "elsewhere",
    ],
    ["ffmpeg", ffmpegText(ffmpeg)],
    ["State", `${settings.stateDir} (logs in log/, process ids in run/)`],
  ];
  const table = rows.map(([label, text]) => `  ${label.padEnd(15)}${text}`).join("\n");
  return `\nRadio Dream is on air (after ${facts.seconds.toFixed(1)} s).\n\n${table}\n\nCtrl-C ends it.\n`;
}

/** What `npm start` says when it starts no origin itself: how to start one in a container. */
export function elsewhereText({ settings, enrolToken }: { settings: Settings; enrolToken: string }): string {
  const line = dockerRunLine({
    image: "radio-dream-origin",
    name: "origin-1",
    environment: {
      CONTROL_URL: `http://${settings.localHost}:${settings.controlPort}`,
      EDGE_URL: `http://${settings.localHost}:${settings.edgePort}`,
      ORIGIN_ID: "origin-1",
      ENROL_TOKEN: enrolToken,
      PUBLIC_URL: `http://${settings.publicHost}:${settings.httpPort}`,
      HTTP_PORT: String(settings.httpPort),
      RTMP_PORT: String(settings.rtmpPort),
      LIBRARY_DIR: "/library",
    },
    network: "host",
    readable: { [settings.libraryDir]: "/library" },
  });
  return `The Workers are up and wait for an origin:\n\n  ${line}\n`;
}

export function ffmpegText({ ffmpeg, from }: Ffmpeg): string {
  if (from === "FFMPEG_PATH") return `${ffmpeg} (set in FFMPEG_PATH)`;
  if (from === "PATH") return ffmpeg;
  return `${ffmpeg} (the fallback from npm, an old build: good for trying out, not for input you do not trust; better install ffmpeg)`;
}
