/** The elements that the server rendered for us, each found once. */
export type Page = {
  station: { slug: string; name: string };
  audio: HTMLAudioElement;
  playButton: HTMLButtonElement;
  muteButton: HTMLButtonElement;
  volumeRow: HTMLElement;
  volume: HTMLInputElement;
  status: HTMLElement;
  badge: HTMLElement;
  title: HTMLElement;
  artist: HTMLElement;
  /** The picture on the big button; hidden while there is none. */
  art: HTMLImageElement;
  /** Only on the full page, not in the embedded player. */
  beside: Beside | null;
};

export type Beside = {
  next: HTMLElement;
  history: HTMLElement;
  address: HTMLInputElement;
  copy: HTMLButtonElement;
  copied: HTMLElement;
};

export function findPage(): Page {
  const main = element("main");
  return {
    station: { slug: main.dataset.station ?? "", name: main.dataset.name ?? "" },
    audio: element<HTMLAudioElement>("[data-audio]"),
    playButton: element<HTMLButtonElement>("[data-play]"),
    muteButton: element<HTMLButtonElement>("[data-mute]"),
    volumeRow: element("[data-volume-row]"),
    volume: element<HTMLInputElement>("[data-volume]"),
    status: element("[data-status]"),
    badge: element("[data-badge]"),
    title: element("[data-title]"),
    artist: element("[data-artist]"),
    art: element<HTMLImageElement>("[data-art]"),
    beside: document.querySelector("[data-history]") === null ? null : findBeside(),
  };
}

function findBeside(): Beside {
  return {
    next: element("[data-next]"),
    history: element("[data-history]"),
    address: element<HTMLInputElement>("[data-address]"),
    copy: element<HTMLButtonElement>("[data-copy]"),
    copied: element("[data-copied]"),
  };
}

function element<Kind extends HTMLElement>(selector: string): Kind {
  const found = document.querySelector<Kind>(selector);
  if (found === null) throw new Error(`The page has no ${selector}`);
  return found;
}

/** Writes only what has changed, so that screen readers and the layout are left in peace. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
