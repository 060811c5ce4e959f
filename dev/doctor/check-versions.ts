import { wireFit } from "../../contracts/version.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";

export type Part = { release?: string | undefined; wire?: number | undefined };

/** Whether both Workers understand one another, and are what this doctor knows. */
export function checkVersions(
  edge: Part | null,
  control: Part | null,
  own: { release: string; wire: number },
): Finding[] {
  const findings: Finding[] = [];
  if (edge?.wire !== undefined && control?.wire !== undefined && wireFit(edge.wire, control.wire) !== "fits") {
    const says = `The edge speaks wire ${edge.wire}, and control ${control.wire}: too far apart.`;
    findings.push(fault("versions", says, "Deploy both from the same release.", "versions-apart"));
  }
  for (const [name, part] of Object.entries({ edge, control })) {
    if (part?.release === undefined || part.release === own.release) continue;
    const says = `The ${name} is of release ${part.release}, and this doctor of ${own.release}.`;
    findings.push(warning("versions", says, "Deploy this release, or use the doctor of that one.", "versions-apart"));
  }
  if (findings.length > 0 || (edge?.release ?? control?.release) === undefined) return findings;
  return [ok("versions", `Edge and control are of release ${own.release}.`)];
}
