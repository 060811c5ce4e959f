import { html } from "hono/html";
import { MARK_ICON } from "./icons.ts";
import { renderLayout } from "./layout.ts";

/** What someone sees who asks for a station that there is not. */
export function renderNotFoundPage(): string {
  return renderLayout({
    title: "Not found · Radio Dream",
    description: "There is nothing at this address.",
    kind: "missing",
    scripted: false,
    body: html`<main><div class="hero">${MARK_ICON}<h1>Nothing on this frequency</h1>
<p>There is no station at this address.</p><p><a class="way" href="/">See what is on air</a></p></div></main>`,
  });
}
