import { checkWeb } from "./check-edge.ts";
import { type Finding, fault, ok, warning } from "./finding.ts";
import type { ControlFacts, Diagnosis, OpenAlert } from "./gather-control.ts";
import { isLocalHost } from "./gather-edge.ts";

const SOUND_WITHIN_MS = 30_000;
const CRON_WITHIN_MS = 180_000;
const CLOCK_OFF_MS = 2000;

export function checkControl(facts: ControlFacts, migrations: readonly string[], edgeUrl: string): Finding[] {
  const { url, self, web, diagnosis } = facts;
  if (!self.ok) {
    const toDo = "Deploy control, or see whether its address is right. Stations go on meanwhile.";
    return [fault("control", `Control at ${url} cannot be asked: ${self.why}.`, toDo, "control-failing")];
  }
  const findings = [...checkSelf(facts), ...checkWeb("control", web)];
  if (!diagnosis.ok) return [...findings, ...checkRefusal(diagnosis)];
  const told = diagnosis.value;
  return [
    ...findings,
    ...checkMigrations(told.migrations, migrations),
    ...checkStores(told),
    ...checkMonitor(told.monitor),
    ...checkPlans(told),
    ...checkAlerting(told.alerts),
    ...checkTokens(told.tokens),
    ...checkAddress(told.edgeUrl, edgeUrl),
    ...checkClock(told.now, facts.askedAt, diagnosis.answer.ms),
    ...(facts.alerts ?? []).map(tellAlert),
  ];
}

function checkSelf({ self }: ControlFacts): Finding[] {
  if (self.ok && self.value.status === "ok") return [ok("control", "Control answers, and looks after the fleet.")];
  const says = "Control answers that it is unwell: its looks at the fleet do not succeed.";
  return [fault("control", says, "Look at its log for what fails: D1, R2 or the monitor.", "control-failing")];
}

function checkRefusal({ status, why }: { status: number | null; why: string }): Finding[] {
  if (status === 401 || status === 403) {
    const toDo =
      "Give an admin's token: the secret ADMIN_TOKEN, or one made with POST /api/v1/tokens. Behind Cloudflare Access a service token too.";
    return [
      fault(
        "token",
        `Control refuses the token: ${why}. What only admins are told is not known.`,
        toDo,
        "token-refused",
      ),
    ];
  }
  if (status === 404) {
    const says = "This control is older than the doctor: it tells nothing of itself.";
    return [warning("control", says, "Deploy the newer one, or use the doctor of its release.", "token-refused")];
  }
  const says = `Control's diagnosis cannot be had: ${why}.`;
  return [fault("control", says, "Look at its log for what fails: D1, R2 or the monitor.", "control-failing")];
}

function checkMigrations(applied: readonly string[], known: readonly string[]): Finding[] {
  const missing = known.filter((name) => !applied.includes(name));
  const strange = applied.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    const toDo = "Apply them: npx wrangler d1 migrations apply DB --remote -c control/wrangler.toml.";
    return [fault("D1", `The database lacks migrations: ${missing.join(", ")}.`, toDo, "migrations-behind")];
  }
  if (strange.length > 0) {
    const says = `The database has migrations that this release does not know: ${strange.join(", ")}.`;
    return [warning("D1", says, "Use the doctor of the release that is deployed.", "migrations-behind")];
  }
  return [ok("D1", `The database answers, with all ${known.length} migrations.`)];
}

function checkStores({ media, segments }: Diagnosis): Finding[] {
  const stores = { media, ...(segments ? { segments } : {}) };
  return Object.entries(stores).map(([name, { ok: sound, error }]) =>
    sound
      ? ok("R2", `The bucket of ${name} can be written, read and cleared.`)
      : fault(
          "R2",
          `The bucket of ${name} fails: ${error ?? "no reason given"}.`,
          "See Cloudflare's status page, and the Worker's bindings. Origins keep segments and send them later.",
          "control-failing",
        ),
  );
}

function checkMonitor({ upMs, soundSweepAgoMs, alarmInMs, cronAgoMs }: Diagnosis["monitor"]): Finding[] {
  const findings: Finding[] = [];
  const isLate = alarmInMs === null || alarmInMs < -SOUND_WITHIN_MS;
  if (isLate && upMs > SOUND_WITHIN_MS) {
    const toDo =
      "It was set again just now; ask the doctor again in a minute. If it is late then, look at the log of the Durable Object Monitor.";
    findings.push(
      fault("monitor", "The monitor's alarm does not go off: nobody looks after the fleet.", toDo, "control-failing"),
    );
  } else if ((soundSweepAgoMs ?? upMs) > SOUND_WITHIN_MS) {
    const says = `The monitor's looks at the fleet have failed for ${seconds(soundSweepAgoMs ?? upMs)}.`;
    findings.push(fault("monitor", says, "Look at its log for what fails: D1, R2.", "control-failing"));
  } else {
    findings.push(ok("monitor", "The monitor's alarm goes off, and its looks at the fleet succeed."));
  }
  if ((cronAgoMs ?? upMs) > CRON_WITHIN_MS) {
    const says = `The minute's cron has not come for ${seconds(cronAgoMs ?? upMs)}: plans are not published, history is not kept.`;
    findings.push(
      fault(
        "cron",
        says,
        "See the Worker's triggers: there must be the cron * * * * *. A change takes up to 15 minutes.",
        "control-failing",
      ),
    );
  } else {
    findings.push(ok("cron", "The minute's cron comes."));
  }
  return findings;
}

function checkPlans({ stalePlans }: Diagnosis): Finding[] {
  return stalePlans.map(({ station, failure }) => {
    const says = `The plan of ${station} is out of date: ${failure ?? "it has not been built for hours"}.`;
    return fault(
      `station ${station}`,
      says,
      "Origins play by the last one. Change what makes it fail.",
      "plan-unpublished",
    );
  });
}

function checkAlerting({ channels, settings, contacts }: Diagnosis["alerts"]): Finding[] {
  if (!settings.ok) {
    const says = `The settings of alerting cannot be used: ${settings.error ?? "no reason given"}.`;
    return [fault("alerts", says, "Put the ALERT_ variables and secrets of control right.", "alerts-undelivered")];
  }
  if (channels.length === 0) {
    const says = "No channel for alerts is set up: nobody is told when the station fails.";
    return [
      warning("alerts", says, "Set up a webhook, e-mail or SMS; then POST /api/v1/alerts/test.", "alerts-undelivered"),
    ];
  }
  const needsPeople = channels.some((name) => name !== "webhook");
  if (needsPeople && contacts === 0) {
    const says = `Alerts go out by ${channels.join(", ")}, and nobody is on call.`;
    return [warning("alerts", says, "Name somebody: POST /api/v1/alerts/contacts.", "alerts-undelivered")];
  }
  return [ok("alerts", `Alerts go out by ${channels.join(", ")}.`)];
}

function checkTokens({ admin, enrolment, bootstrap }: Diagnosis["tokens"]): Finding[] {
  const findings: Finding[] = [];
  if (enrolment === 0 && !bootstrap.enrolment) {
    const says = "No enrolment token is in force: no new origin can join.";
    findings.push(
      warning(
        "tokens",
        says,
        'Make one when you need it: POST /api/v1/tokens {"kind":"enrolment","name":"..."}.',
        "token-refused",
      ),
    );
  } else {
    findings.push(ok("tokens", `Origins can enrol; ${admin + (bootstrap.admin ? 1 : 0)} admin tokens are in force.`));
  }
  return findings;
}

function checkAddress(told: string | null, edgeUrl: string): Finding[] {
  if (told === null) {
    const says = "Control was not told where the edge is (EDGE_URL): it cannot look through the edge's eyes.";
    return [warning("control", says, "Set the variable EDGE_URL of control.", "control-failing")];
  }
  const [theirs, ours] = [new URL(told), new URL(edgeUrl)];
  const isSame = theirs.host === ours.host || (isLocalHost(theirs.hostname) && isLocalHost(ours.hostname));
  if (isSame) return [];
  const says = `Control takes ${told} for the edge, and the doctor was sent to ${edgeUrl}.`;
  return [
    warning("control", says, "Put EDGE_URL of control right, or give the doctor the other address.", "edge-away"),
  ];
}

function checkClock(now: number, askedAt: number, ms: number): Finding[] {
  const offMs = askedAt + ms / 2 - now;
  if (Math.abs(offMs) <= CLOCK_OFF_MS + ms) return [];
  const says = `This machine's clock is ${seconds(offMs)} off control's.`;
  return [warning("clock", says, "Switch time synchronisation on (timedatectl set-ntp true).", "clock-off")];
}

function tellAlert({ kind, severity, what, toDo }: OpenAlert): Finding {
  const tell = severity === "critical" ? fault : warning;
  return tell(`alert ${kind}`, `An alert is open: ${what.replace(/\.?$/, ".")}`, toDo ?? "See its page.", kind);
}

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s`;
