import { Delivery } from "../../contracts/delivery.ts";
import { type Bill, billOf } from "./bill.ts";
import { PRICES_AS_OF } from "./prices.ts";
import type { Radio } from "./radio.ts";
import { playlistsASecond } from "./rates.ts";

/** What a radio costs a month, one column for each way to its listeners. */
export function costText(radio: Omit<Radio, "mode">, modes: readonly Delivery[] = Delivery.options): string {
  const bills = modes.map((mode) => ({ mode, bill: billOf({ ...radio, mode }) }));
  const row = (label: string, cell: (bill: Bill, mode: Delivery) => string) =>
    `  ${label.padEnd(34)}${bills.map(({ mode, bill }) => cell(bill, mode).padStart(12)).join("")}`;
  const { stations, listeners, seconds, renditions, origins, nodes, places, sessionMinutes, kilobits } = radio;
  return [
    `${stations} station(s), ${renditions} rendition(s) of ${kilobits} kbit/s together, ${origins} origin(s) each on ${nodes} node(s),`,
    `segments of ${seconds} s, ${listeners} listeners on average in ${places} data centre(s), each for ${sessionMinutes} minutes.`,
    `Cloudflare's prices of ${PRICES_AS_OF}, 30 days. The nodes themselves are not in it.`,
    "",
    row("", (_, mode) => mode),
    row("Worker requests, millions", ({ operations }) => millions(operations.requests)),
    row("  of a listener in an hour", (_, mode) => requestsAnHour({ seconds, mode })),
    row("R2 writes (class A), millions", ({ operations }) => millions(operations.classA)),
    row("R2 reads (class B), millions", ({ operations }) => millions(operations.classB)),
    row("stored in R2, GB", ({ storedGigabytes }) => storedGigabytes.toFixed(1)),
    "",
    row("plan", ({ dollars }) => money(dollars.plan)),
    row("Worker requests", ({ dollars }) => money(dollars.requests)),
    row("Worker CPU, 1 ms each", ({ dollars }) => money(dollars.cpu)),
    row("R2 writes", ({ dollars }) => money(dollars.classA)),
    row("R2 reads", ({ dollars }) => money(dollars.classB)),
    row("Durable Object", ({ dollars }) => money(dollars.objects)),
    row("storage", ({ dollars }) => money(dollars.storage)),
    row("a month", ({ total }) => money(total)),
    row("a thousand hours of listening", ({ perThousandHours }) => money(perThousandHours ?? Number.NaN)),
  ].join("\n");
}

/** Playlists and segments that a listener asks the Worker for; the multivariant playlist comes once a session. */
function requestsAnHour(radio: Pick<Radio, "seconds" | "mode">): string {
  const playlists = radio.mode === "static" ? 0 : playlistsASecond(radio);
  const segments = radio.mode === "edge" ? 1 / radio.seconds : 0;
  return Math.round((playlists + segments) * 3600).toString();
}

function millions(quantity: number): string {
  return (quantity / 1e6).toFixed(1);
}

function money(dollars: number): string {
  return Number.isNaN(dollars) ? "-" : `$${dollars.toFixed(2)}`;
}
