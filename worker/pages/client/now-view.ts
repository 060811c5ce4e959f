import type { ComingItem, Heard, HeardItem } from "./now-playing.ts";
import { type Page, write } from "./page.ts";
import { SOURCE_WORDS, titleInWords } from "./words.ts";

const COMING_ROWS = 3;
const HISTORY_ROWS = 5;
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

/** Shows what the listener hears, and on the full page what was and what comes. */
export function createNowView(page: Page): (heard: Heard) => void {
  let shown = "";
  return (heard) => {
    const next = JSON.stringify(heard);
    if (next === shown) return;
    shown = next;
    showItem(page, heard.item);
    if (page.beside === null) return;
    page.beside.next.replaceChildren(...heard.coming.slice(0, COMING_ROWS).map(comingRow));
    page.beside.history.replaceChildren(...heard.before.slice(0, HISTORY_ROWS).map(historyRow));
  };
}

function showItem({ title, artist, badge, station }: Page, item: HeardItem | null): void {
  write(title, item === null ? "" : titleInWords(item));
  write(artist, item?.artist ?? "");
  write(badge, item === null ? "" : SOURCE_WORDS[item.source]);
  badge.dataset.source = item?.source ?? "";
  document.title = item === null ? `${station.name} · Radio Dream` : `${titleInWords(item)} · ${station.name}`;
}

function comingRow(item: ComingItem): HTMLElement {
  return row(item, null);
}

function historyRow(item: HeardItem): HTMLElement {
  const time = document.createElement("time");
  time.dateTime = item.startsAt;
  time.textContent = TIME.format(new Date(item.startsAt));
  return row(item, time);
}

function row(item: ComingItem, time: HTMLElement | null): HTMLElement {
  const line = document.createElement("li");
  if (time !== null) line.append(time, " ");
  line.title = [titleInWords(item), item.artist].filter(Boolean).join(", ");
  line.append(text("item-title", titleInWords(item)));
  if (item.artist !== "") line.append(" ", text("item-artist", item.artist));
  return line;
}

function text(className: string, content: string): HTMLElement {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = content;
  return span;
}
