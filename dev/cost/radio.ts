import type { Delivery } from "../../contracts/delivery.ts";

/** A radio as far as its bill depends on it. */
export type Radio = {
  stations: number;
  /** Of all stations together, on average around the clock. */
  listeners: number;
  /** Length of a segment. */
  seconds: number;
  renditions: number;
  /** Origins of each station. */
  origins: number;
  /** Nodes that these origins run on; each may serve all stations. */
  nodes: number;
  /** Data centres of Cloudflare in which somebody listens to a station. */
  places: number;
  /** How long a listener stays. */
  sessionMinutes: number;
  /** Of all renditions together. */
  kilobits: number;
  mode: Delivery;
};
