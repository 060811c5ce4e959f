/** The pages of the edge: pure functions from what is on air to HTML, and the headers they go out with. */
export { alsoFrom, EMBED_HEADERS, PAGE_HEADERS } from "./headers.ts";
export { renderNotFoundPage } from "./not-found-page.ts";
export { renderPlayerPage } from "./player-page.ts";
export type { StationName } from "./station-name.ts";
export { renderStationsPage } from "./stations-page.ts";
