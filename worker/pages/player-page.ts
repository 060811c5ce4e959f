import { html } from "hono/html";
import { MARK_ICON, PAUSE_ICON, PLAY_ICON, SPEAKER_ICON } from "./icons.ts";
import { type Markup, renderLayout } from "./layout.ts";
import type { StationName } from "./station-name.ts";

/** The player of one station: its own page, or (`embed`) one compact row for an iframe. */
export function renderPlayerPage(station: StationName, options: { embed: boolean }): string {
  return renderLayout({
    title: `${station.name} · Radio Dream`,
    description: `${station.name}, on air around the clock.`,
    kind: options.embed ? "embed" : "player",
    scripted: true,
    body: options.embed ? embedBody(station) : pageBody(station),
  });
}

function pageBody(station: StationName): Markup {
  return html`<header class="brand"><a href="/">${MARK_ICON}<span>Radio Dream</span></a></header>
<main data-station="${station.slug}" data-name="${station.name}">
<section class="stage" aria-label="Player">
<p class="badge" data-badge></p>
<h1>${station.name}</h1>
${playButton(station)}
${onNow()}
${volume()}
${status()}
${unscripted(station)}
</section>
<div class="beside">
<section class="panel" aria-labelledby="coming-up"><h2 id="coming-up">Coming up</h2><ol class="items" data-next></ol></section>
<section class="panel" aria-labelledby="recently-played"><h2 id="recently-played">Recently played</h2><ol class="items" data-history></ol></section>
${elsewhere(station)}
</div>
<audio data-audio preload="none"></audio>
</main>`;
}

function embedBody(station: StationName): Markup {
  return html`<main data-station="${station.slug}" data-name="${station.name}">
<h1 class="unseen">${station.name}</h1>
${playButton(station)}
<div class="told">
<p class="station"><a href="/${station.slug}" target="_blank" rel="noopener">${station.name}</a><span class="badge" data-badge></span></p>
${onNow()}
${status()}
${unscripted(station)}
</div>
${volume()}
<audio data-audio preload="none"></audio>
</main>`;
}

function playButton(station: StationName): Markup {
  return html`<button type="button" class="play scripted" data-play aria-label="Play ${station.name}" aria-keyshortcuts="Space K"><img class="art" data-art alt="" hidden>${PLAY_ICON}${PAUSE_ICON}</button>`;
}

function onNow(): Markup {
  return html`<section class="now scripted" aria-label="On now"><p class="title" data-title></p><p class="artist" data-artist></p></section>`;
}

function status(): Markup {
  return html`<p class="status scripted" role="status" data-status></p>`;
}

function volume(): Markup {
  return html`<div class="volume scripted" data-volume-row>
<button type="button" class="mute" data-mute aria-label="Mute" aria-pressed="false" aria-keyshortcuts="M">${SPEAKER_ICON}</button>
<input type="range" data-volume min="0" max="100" step="1" value="100" aria-label="Volume" aria-keyshortcuts="ArrowUp ArrowDown">
</div>`;
}

function elsewhere(station: StationName): Markup {
  const address = `/${station.slug}/live.m3u8`;
  return html`<details class="panel elsewhere"><summary>Listen elsewhere</summary>
<p>This address plays in VLC, on a network radio, or in any player that knows HLS.</p>
<div class="address scripted"><input type="text" readonly data-address value="${address}" aria-label="Stream address"><button type="button" data-copy>Copy</button></div>
<p class="copied scripted" role="status" data-copied></p>
<p class="shortcuts">Keys: <kbd>Space</kbd> plays and pauses, <kbd>↑</kbd> <kbd>↓</kbd> change the volume, <kbd>M</kbd> mutes.</p>
</details>`;
}

function unscripted(station: StationName): Markup {
  const address = `/${station.slug}/live.m3u8`;
  return html`<noscript><p>Without JavaScript your browser may still play the stream itself:</p>
<audio controls preload="none" src="${address}"></audio>
<p><a href="${address}">Open the stream in another player</a></p></noscript>`;
}
