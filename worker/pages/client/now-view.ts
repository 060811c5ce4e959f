import type { ComingItem, HeardItem } from "../../../contracts/now-json.ts";
import type { Heard } from "./now-playing.ts";
import { type Page, write } from "./page.ts";
import { byline, SOURCE_WORDS, titleInWords } from "./words.ts";

const COMING_ROWS = 3;
const HISTORY_ROWS = 5;
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Shows what the listener hears, and on the full page what was and what comes. */
export function createNowView(page: Page): (heard: Heard) => void {
  let shown = "";
  page.art.addEventListener("error", () => showArt(page.art, undefined));
  return (heard) => {
    const next = JSON.stringify(heard);
    if (next === shown) return;
    shown = next;
    showItem(page, heard.item);
    if (page.beside === null) return;
    page.beside.next.replaceChildren(...heard.coming.slice(0, COMING_ROWS).map(row));
    page.beside.history.replaceChildren(...heard.before.slice(0, HISTORY_ROWS).map(row));
  };
}

function showItem({ title, artist, art, badge, station }: Page, item: HeardItem | null): void {
  write(title, item === null ? "" : titleInWords(item));
  write(artist, item === null ? "" : byline(item));
  showArt(art, item?.art);
  write(badge, item === null ? "" : SOURCE_WORDS[item.source]);
  badge.dataset.source = item?.source ?? "";
  document.title = item === null ? `${station.name} · Radio Dream` : `${titleInWords(item)} · ${station.name}`;
}

/** A picture that cannot be had leaves the button as it is without one. */
function showArt(image: HTMLImageElement, path: string | undefined): void {
  image.hidden = path === undefined;
  if (path === undefined) image.removeAttribute("src");
  else if (image.getAttribute("src") !== path) image.src = path;
}

function row(item: ComingItem): HTMLElement {
  const line = document.createElement("li");
  if (item.startsAt !== undefined) line.append(time(item.startsAt), " ");
  line.title = [titleInWords(item), item.artist].filter(Boolean).join(", ");
  line.append(text("item-title", titleInWords(item)));
  if (item.artist !== "") line.append(" ", text("item-artist", item.artist));
  return line;
}

function time(iso: string): HTMLElement {
  const element = document.createElement("time");
  element.dateTime = iso;
  element.textContent = TIME.format(new Date(iso));
  return element;
}

function text(className: string, content: string): HTMLElement {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = content;
  return span;
}
