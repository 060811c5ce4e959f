import type { ExitCode } from "../exit-codes.ts";
import { EXIT_FOR, type Part, REPAIRABLE, type Resource, RUNGS, type RungName } from "./rungs.ts";
import { causeOutside, type NodeFacts, type Trouble, troublesOf } from "./trouble.ts";

/** Where a node stands on the ladder, and what it has tried since it was well. */
export type Standing = {
  rung: RungName;
  /** Monotonic ms at which it came here. */
  since: number;
  /** What was found, in words; empty where all is well. */
  detail: string;
  tried: readonly string[];
};

export type Action =
  | { kind: "restart"; part: Part; station: string | null }
  | { kind: "repair"; resource: Resource }
  | { kind: "report" }
  | { kind: "end"; code: ExitCode };

export type Step = { standing: Standing; action: Action | null };

export const GROUND: Standing = { rung: "well", since: 0, detail: "", tried: [] };

/** Decides by what is known of the node on which rung it stands now, and the one thing to do. `now` is monotonic. */
export function climb(standing: Standing, facts: NodeFacts, now: number): Step {
  const troubles = troublesOf(facts);
  const [first] = troubles;
  if (first === undefined) return standing.rung === "well" ? stay(standing) : go({ ...GROUND, since: now });

  const waited = now - standing.since >= RUNGS[standing.rung].waitMs;
  switch (standing.rung) {
    case "well":
      return restartNext({ ...standing, tried: [] }, troubles, now);
    case "restart":
    case "repair":
      return waited ? restartNext(standing, troubles, now) : stay(standing);
    case "deep":
      return facts.deep === null ? stay(standing) : judge(standing, troubles, facts, now);
    case "outside":
      if (waited) return restartNext({ ...standing, tried: [] }, troubles, now);
      return troubles.some((trouble) => !standing.tried.includes(nameOf(trouble)))
        ? restartNext(standing, troubles, now)
        : stay(standing);
    case "report":
      return waited ? endFor(standing, troubles, now) : stay(standing);
    case "leave":
      return stay(standing);
  }
}

/** Restarts the first part at fault that was not restarted yet; when there is none, or a resource is short, looks deeper. */
function restartNext(standing: Standing, troubles: readonly Trouble[], now: number): Step {
  const next = troubles.find((trouble) => !standing.tried.includes(nameOf(trouble)));
  if (next?.about !== "part") return go({ ...standing, rung: "deep", since: now, detail: detailOf(troubles) });
  const { what: part, station } = next;
  return go(
    { rung: "restart", since: now, detail: detailOf([next]), tried: [...standing.tried, nameOf(next)] },
    { kind: "restart", part, station },
  );
}

/** With the deep checks at hand: repairs what can be, else says whose fault it is. */
function judge(standing: Standing, troubles: readonly Trouble[], facts: NodeFacts, now: number): Step {
  for (const trouble of troubles) {
    if (trouble.about !== "resource" || !REPAIRABLE[trouble.what]) continue;
    if (standing.tried.includes(nameOf(trouble))) continue;
    const tried = [...standing.tried, nameOf(trouble)];
    const repairing: Standing = { rung: "repair", since: now, detail: detailOf([trouble]), tried };
    return go(repairing, { kind: "repair", resource: trouble.what });
  }
  const causes = troubles.map((trouble) => causeOutside(trouble, facts));
  const own = troubles.filter((_, index) => causes[index] === null);
  const judged = { since: now, tried: [...new Set([...standing.tried, ...troubles.map(nameOf)])] };
  return own.length > 0
    ? go({ ...judged, rung: "report", detail: detailOf(own) }, { kind: "report" })
    : go({ ...judged, rung: "outside", detail: causes.join("; ") }, { kind: "report" });
}

/** The process ends only for what a new one can do better; a node that waits for its disk or clock stays as it is. */
function endFor(standing: Standing, troubles: readonly Trouble[], now: number): Step {
  const ending = troubles.find((trouble) => EXIT_FOR[trouble.what] !== null);
  const code = ending === undefined ? null : EXIT_FOR[ending.what];
  if (ending === undefined || code === null) return stay(standing);
  return go({ ...standing, rung: "leave", since: now, detail: detailOf([ending]) }, { kind: "end", code });
}

function nameOf({ what, station }: Trouble): string {
  return station === null ? what : `${what} of ${station}`;
}

function detailOf(troubles: readonly Trouble[]): string {
  return troubles.map((trouble) => `${nameOf(trouble)}: ${trouble.detail}`).join("; ");
}

const stay = (standing: Standing): Step => ({ standing, action: null });
const go = (standing: Standing, action: Action | null = null): Step => ({ standing, action });
