/** The plainest page there can be: an audio element and hls.js as it comes. */

type StockHls = {
  loadSource(url: string): void;
  attachMedia(element: HTMLMediaElement): void;
  on(event: string, listener: (event: string, data: { type: string; details: string; fatal: boolean }) => void): void;
  readonly latency: number;
};
type Stock = { errors: string[]; latency(): number; play(url: string): void };

const element = document.createElement("audio");
document.body.append(element);
// The page's other script has put the library there.
const hls = new (globalThis as unknown as { Hls: new () => StockHls }).Hls();
const stock: Stock = {
  errors: [],
  latency: () => hls.latency,
  play: (url) => {
    hls.loadSource(url);
    hls.attachMedia(element);
    element.play().catch((thrown: unknown) => stock.errors.push(String(thrown)));
  },
};
hls.on("hlsError", (_, { type, details, fatal }) => stock.errors.push(`${type} ${details}${fatal ? " fatal" : ""}`));
Object.assign(globalThis, { radioStock: stock });
