import type { Severity } from "../db/alerts.ts";

/** All that an operator may be told of. `critical` wakes people up, `warning` waits for them; each has a runbook. */
export const ALERT_KINDS = {
  "fleet-silent": {
    severity: "critical",
    afterMs: 5000,
    done: "Listeners hear each station's emergency reel. The programme resumes by itself when an origin is back.",
    toDo: "See whether the origins run and can reach control and the edge; start one of them.",
  },
  "station-silent": {
    severity: "critical",
    afterMs: 5000,
    done: "Listeners hear the station's emergency reel.",
    toDo: "Give the station an origin: readmit one, or start one.",
  },
  "studio-missing": {
    severity: "critical",
    afterMs: 15_000,
    done: "Another origin is made studio as soon as one can be.",
    toDo: "See whether an origin with the role studio is alive and active.",
  },
  "slate-on-air": {
    severity: "critical",
    afterMs: 30_000,
    done: "The station plays its slate, the last resort, and goes on with the library as soon as it can.",
    toDo: "See whether the station's library is there and can be read on the studio.",
  },
  "station-unprotected": {
    severity: "warning",
    afterMs: 5 * 60_000,
    done: "The last origin keeps serving and is not evicted.",
    toDo: "Bring a second origin back before this one fails too.",
  },
  "source-silent": {
    severity: "warning",
    afterMs: 0,
    done: "Autopilot plays instead; the source is back on air when it is heard again.",
    toDo: "Ask the host, or see to the relay: its connection stands, but it sends silence.",
  },
  "origin-failed": {
    severity: "critical",
    afterMs: 0,
    done: "It was taken out and recreated until no try was left; the other origins serve its listeners.",
    toDo: "Look at its log and its incidents, mend it, then readmit it.",
  },
  "origin-out": {
    severity: "warning",
    afterMs: 10 * 60_000,
    done: "The other origins serve its listeners.",
    toDo: "See why it has not come back: its incidents, its log, the provisioner.",
  },
  "clock-off": {
    severity: "warning",
    afterMs: 60_000,
    done: "An origin with a wrong clock is not made studio before its clock is right.",
    toDo: "See to time synchronisation (NTP) on that machine.",
  },
  "eviction-unfinished": {
    severity: "warning",
    afterMs: 0,
    done: "The origin is out of the routing; what was given up stands in its incidents.",
    toDo: "Do that step by hand: tell the CDN, or recreate the node. Then see to the settings that it needs.",
  },
  "eviction-held": {
    severity: "critical",
    afterMs: 0,
    done: "Nobody more is evicted: so many faults at once may be control's own.",
    toDo: "Compare what control sees with what listeners hear, then evict by hand or mend control's view.",
  },
  "plan-unpublished": {
    severity: "warning",
    afterMs: 0,
    done: "The origins play on by the plan that was published last.",
    toDo: "See why in the station's incidents: R2 that does not answer, or more than fits in a plan.",
  },
  "upgrade-halted": {
    severity: "warning",
    afterMs: 0,
    done: "No further origin is upgraded; the others serve the listeners of the one that failed.",
    toDo: "See why: GET /api/v1/upgrades. Then resume it, roll it back or cancel it.",
  },
  "control-failing": {
    severity: "critical",
    afterMs: 60_000,
    done: "The edge and the origins go on with what was last published.",
    toDo: "See Cloudflare's status for D1 and R2, and control's log.",
  },
  "alerts-undelivered": {
    severity: "critical",
    afterMs: 0,
    done: "This comes by the channels that work.",
    toDo: "See to the channel's account and settings, then test it with POST /api/v1/alerts/test.",
  },
} as const satisfies Record<string, { severity: Severity; afterMs: number; done: string; toDo: string }>;

export type AlertKind = keyof typeof ALERT_KINDS;

/** The kind that a stored alert names; null for one that is no more. */
export function kindOf(name: string): (typeof ALERT_KINDS)[AlertKind] | null {
  return Object.hasOwn(ALERT_KINDS, name) ? ALERT_KINDS[name as AlertKind] : null;
}
