import { html } from "hono/html";

/** Drawn with the text's colour and hidden from assistive technology: the control around an icon carries the name. */
const icon = (name: string, shape: ReturnType<typeof html>) =>
  html`<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`;

export const PLAY_ICON = icon(
  "play",
  html`<path d="M8 5.2v13.6c0 .8.9 1.3 1.6.9l10.6-6.8c.6-.4.6-1.4 0-1.8L9.6 4.3C8.9 3.9 8 4.4 8 5.2z"/>`,
);
export const PAUSE_ICON = icon(
  "pause",
  html`<rect x="5.5" y="4" width="4.6" height="16" rx="1.4"/><rect x="13.9" y="4" width="4.6" height="16" rx="1.4"/>`,
);
export const SPEAKER_ICON = icon(
  "speaker",
  html`<path d="M4 9.5v5h3.4L12 18.6V5.4L7.4 9.5z"/><path class="stroke sound" d="M15.2 9a4.2 4.2 0 0 1 0 6M17.8 6.4a8 8 0 0 1 0 11.2"/><path class="stroke silence" d="m15.5 9.5 5 5m0-5-5 5"/>`,
);
/** A moon over three waves: the mark of Radio Dream. */
export const MARK_ICON = icon(
  "mark",
  html`<path d="M14.6 3.2a7.2 7.2 0 1 0 6.2 10.4A6 6 0 0 1 14.6 3.2z"/><path class="stroke" d="M2.6 20.4c2 0 2-1.4 4-1.4s2 1.4 4 1.4 2-1.4 4-1.4 2 1.4 4 1.4 2-1.4 3-1.4"/>`,
);
