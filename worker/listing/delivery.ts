import type { Delivery } from "../../contracts/delivery.ts";
import type { RoutedStation } from "../../contracts/routing.ts";
import type { Reach } from "../reach.ts";

type Place = Pick<Reach, "segmentsUrl" | "clock">;

/** The way that a station takes: `edge` where nobody has said where the bucket is open. */
export function deliveryOf({ delivery = "edge" }: RoutedStation, { segmentsUrl }: Place): Delivery {
  return segmentsUrl === null ? "edge" : delivery;
}

/** Whether the station's listings are kept: they also outlive the delivery that needs them, for players hold them. */
export function isListed(station: RoutedStation, place: Place): boolean {
  if (place.segmentsUrl === null) return false;
  return deliveryOf(station, place) !== "edge" || place.clock.now() < (station.listedUntil ?? 0);
}
