import { dockerRunLine } from "../docker-run.ts";
import type { Deployed } from "./deploy.ts";
import type { Options } from "./options.ts";

/** What `npm run deploy` says at its end: where everything is, and how to start an origin. */
export function readyText(options: Pick<Options, "image" | "station">, deployed: Deployed): string {
  const { edgeUrl, controlUrl, enrolToken, changes } = deployed;
  const { slug } = options.station;
  const rows = [
    ["Listen", `${edgeUrl}/${slug}`],
    ["Playlist", `${edgeUrl}/${slug}/live.m3u8`],
    ["API", `${controlUrl}/api/v1`],
    ["  docs", `${controlUrl}/api/v1/docs`],
    ["All well?", `npm run doctor -- --edge ${edgeUrl} --control ${controlUrl}`],
  ];
  const line = dockerRunLine({
    image: options.image,
    name: "origin-1",
    environment: {
      CONTROL_URL: controlUrl,
      EDGE_URL: edgeUrl,
      ORIGIN_ID: "origin-1",
      ENROL_TOKEN: enrolToken ?? "...",
      PUBLIC_URL: "http://THIS-HOST:8801",
    },
    network: [1935, 8801],
  });
  return [
    "",
    changes === 0 ? "Nothing had to be changed." : `${changes} of these steps changed something.`,
    "",
    ...rows.map(([label = "", text]) => `  ${label.padEnd(12)}${text}`),
    "",
    "An origin puts the station on air. On any machine that hosts and the other origins reach as THIS-HOST:",
    "",
    `  ${line}`,
    ...(enrolToken === null ? ["", "ENROL_TOKEN is known where it was made up; --new-tokens makes another."] : []),
  ].join("\n");
}
