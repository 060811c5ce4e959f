import type { Deployed } from "./deploy.ts";
import type { Options } from "./options.ts";

/** What `npm run deploy` says at its end: where everything is, and how to start an origin. */
export function readyText(options: Options, deployed: Deployed): string {
  const { edgeUrl, controlUrl, changes } = deployed;
  const { slug } = options.station;
  const rows = [
    ["Listen", `${edgeUrl}/${slug}`],
    ["Playlist", `${edgeUrl}/${slug}/live.m3u8`],
    ["API", `${controlUrl}/api/v1`],
    ["  docs", `${controlUrl}/api/v1/docs`],
  ];
  const table = rows.map(([label = "", text]) => `  ${label.padEnd(12)}${text}`).join("\n");
  const summary = changes === 0 ? "Nothing had to be changed." : `${changes} of these steps changed something.`;
  return `\n${summary}\n\n${table}\n\nStart an origin on any machine that hosts and the other origins can reach:\n\n${dockerRun(options, deployed)}\n`;
}

/** The line that starts an origin. It enrols once and keeps its own token in its volume from then on. */
export function dockerRun(options: Pick<Options, "image">, deployed: Deployed): string {
  const token = deployed.enrolToken ?? "(kept by who deployed first; --new-tokens makes another)";
  return [
    "  docker run -d --name origin-1 --restart always --memory 128m --cpus 1 --read-only --tmpfs /tmp",
    "    -v radio-dream:/data -p 1935:1935 -p 8801:8801",
    `    -e CONTROL_URL=${deployed.controlUrl} -e EDGE_URL=${deployed.edgeUrl}`,
    `    -e ORIGIN_ID=origin-1 -e PUBLIC_URL=http://THIS-HOST:8801 -e ENROL_TOKEN=${token}`,
    `    ${options.image}`,
  ].join(" \\\n");
}
