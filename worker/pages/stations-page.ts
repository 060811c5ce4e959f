import { html } from "hono/html";
import { MARK_ICON, PLAY_ICON } from "./icons.ts";
import { renderLayout } from "./layout.ts";
import type { StationName } from "./station-name.ts";

/** All stations on air, each leading to its player. */
export function renderStationsPage(stations: readonly StationName[]): string {
  const cards = stations.map(
    ({ slug, name }) =>
      html`<li><a class="card" href="/${slug}"><span class="disc">${PLAY_ICON}</span><span class="name">${name}</span></a></li>`,
  );
  const list =
    stations.length === 0
      ? html`<p class="empty">No station is on air yet. Come back in a moment.</p>`
      : html`<ul class="stations-list">${cards}</ul>`;
  return renderLayout({
    title: "Radio Dream",
    description: "Radio that never goes silent.",
    kind: "stations",
    scripted: false,
    body: html`<main><div class="hero">${MARK_ICON}<h1>Radio Dream</h1><p>Radio that never goes silent.</p></div>
<section aria-labelledby="on-air"><h2 id="on-air">On air</h2>${list}</section></main>`,
  });
}
