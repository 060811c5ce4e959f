import { type Finding, fault, ok, warning } from "./finding.ts";
import type { EdgeFacts, WebFacts } from "./gather-edge.ts";

const CLOCK_OFF_MS = 2000;
const CERTIFICATE_DAYS = 10;

export function checkEdge({ url, self, askedAt, web }: EdgeFacts): Finding[] {
  if (!self.ok) {
    const toDo = "Deploy the edge, or see whether its address and its domain's DNS are right.";
    return [fault("edge", `The edge at ${url} cannot be asked: ${self.why}.`, toDo, "edge-away")];
  }
  const { status, routing, now } = self.value;
  if (status !== "ok" || routing === null) {
    const toDo = "Create a station and start an origin; if both are there, see whether control can write to R2.";
    return [fault("edge", "The edge has never seen a routing, so it can serve no station.", toDo, "routing-missing")];
  }
  return [
    ok("edge", `The edge answers, and goes by routing ${routing}.`),
    ...checkClock(now, askedAt, self.answer.ms),
    ...checkWeb("edge", web),
  ];
}

/** This machine's clock by the edge's; the way there and back is in doubt. */
function checkClock(now: number, askedAt: number, ms: number): Finding[] {
  const offMs = askedAt + ms / 2 - now;
  if (Math.abs(offMs) <= CLOCK_OFF_MS + ms) return [ok("clock", "This machine's clock is right by the edge's.")];
  const says = `This machine's clock is ${(offMs / 1000).toFixed(1)} s off the edge's, so what is said of ages here is off too.`;
  return [warning("clock", says, "Switch time synchronisation on (timedatectl set-ntp true).", "clock-off")];
}

/** How an address is reached from the world. */
export function checkWeb(about: string, { url, isSecure, isLocal, plain, certificateDays }: WebFacts): Finding[] {
  if (isLocal) return [];
  const { hostname } = new URL(url);
  const findings: Finding[] = [];
  const say = (...found: Parameters<typeof warning>) => findings.push(warning(...found));
  if (!isSecure) {
    const toDo = `Use https://${hostname}, and switch "Always Use HTTPS" on.`;
    findings.push(
      fault(
        about,
        `${url} is plain HTTP: tokens are read by others, and pages with HTTPS may not play it.`,
        toDo,
        "domain-and-cache",
      ),
    );
  }
  if (plain && "status" in plain && plain.status !== null && (plain.status < 300 || plain.status >= 400)) {
    say(
      about,
      `http://${hostname} is not led to HTTPS: it answers ${plain.status}.`,
      'Switch "Always Use HTTPS" on for the domain.',
      "domain-and-cache",
    );
  }
  if (certificateDays !== null && certificateDays < CERTIFICATE_DAYS) {
    say(
      about,
      `The certificate of ${hostname} runs out in ${certificateDays} days.`,
      "See why it is not renewed: the domain's SSL/TLS page, Edge Certificates.",
      "domain-and-cache",
    );
  }
  if (hostname.endsWith(".workers.dev")) {
    say(
      about,
      `${hostname} is a workers.dev address: it has no cache rules, and others may block it.`,
      "Give the Worker a custom domain.",
      "domain-and-cache",
    );
  }
  return findings;
}
