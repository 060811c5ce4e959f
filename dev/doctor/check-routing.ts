import type { Told } from "./ask.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import type { PublishedRouting, RegisteredStation } from "./gather-control.ts";
import type { EdgeSelf } from "./gather-edge.ts";

/** Within this every edge has seen what was published. */
const SEEN_WITHIN_MS = 30_000;

/** Whether what control published is what the edge obeys, and says enough. */
export function checkRouting(
  routing: Told<PublishedRouting>,
  edge: Told<EdgeSelf>,
  stations: readonly RegisteredStation[] | null,
): Finding[] {
  if (!routing.ok) {
    if (routing.status !== 404) return [];
    const toDo = "Create a station and start an origin; if both are there, see whether control can write to R2.";
    return [fault("routing", "Control has published no routing.", toDo, "routing-missing")];
  }
  const { version, publishedAt, stations: routed } = routing.value;
  const findings: Finding[] = [];
  if (edge.ok && edge.value.routing !== null) {
    if (edge.value.routing < version && edge.value.now - publishedAt > SEEN_WITHIN_MS) {
      const says = `The edge goes by routing ${edge.value.routing}, and control has published ${version}.`;
      const toDo = "See whether both Workers are bound to the same bucket (MEDIA), and whether R2 can be read.";
      findings.push(fault("routing", says, toDo, "routing-missing"));
    } else {
      findings.push(ok("routing", `Routing ${version} is published, and the edge goes by it.`));
    }
  }
  for (const { slug } of stations ?? []) {
    const found = routed[slug];
    const serving = found?.slicers.filter(({ weight }) => weight > 0) ?? [];
    if (!found || found.slicers.length === 0) {
      const toDo = "Start an origin, or readmit one: POST /api/v1/origins/{id}/readmit.";
      findings.push(fault(`station ${slug}`, `No origin is routed for ${slug}.`, toDo, "station-silent"));
    } else if (serving.length === 1) {
      const says = `Only ${serving[0]?.origin} serves ${slug}: when it fails, listeners hear the reel.`;
      findings.push(warning(`station ${slug}`, says, "Start a second origin.", "station-unprotected"));
    }
  }
  return findings;
}
