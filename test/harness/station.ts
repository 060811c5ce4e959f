import { z } from "zod";
import { StationReport } from "../../contracts/fleet.ts";
import { STATION, type Stack, type StackOrigin } from "./stack.ts";

/** What the fleet says of the demo station. */

const Health = z.object({ stations: z.array(StationReport) });
const Station = z.object({ studio: z.string().nullable() });
const TIMEOUT_MS = 5000;

/** The origin that control has made the studio; throws when there is none. */
export async function studioOf(stack: Stack): Promise<StackOrigin> {
  const { studio } = await stack.api(Station, "GET", `/api/v1/stations/${STATION}`);
  if (studio === null) throw new Error("the station has no studio");
  return stack.origin(studio);
}

/** An origin that slices the station and is not its studio. */
export async function slicerOf(stack: Stack): Promise<StackOrigin> {
  const studio = await studioOf(stack);
  const slicer = stack.origins.find(({ id }) => id !== studio.id);
  if (!slicer) throw new Error("there is no other origin");
  return slicer;
}

/** What an origin itself reports of the station; null where it knows nothing of it or does not answer. */
export async function reportOf(origin: StackOrigin): Promise<StationReport | null> {
  try {
    const response = await fetch(`${origin.httpUrl}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return Health.parse(await response.json()).stations.find(({ slug }) => slug === STATION) ?? null;
  } catch (thrown) {
    if (thrown instanceof TypeError || (thrown instanceof Error && thrown.name === "TimeoutError")) return null;
    throw thrown;
  }
}
