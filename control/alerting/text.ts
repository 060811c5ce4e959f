import type { MessageReason } from "../db/alert-messages.ts";
import type { Alert } from "./decide.ts";
import { kindOf } from "./kinds.ts";
import { ALERTING } from "./policy.ts";

/** What is told of one alert. */
export type Telling = { reason: MessageReason; alert: Alert };
/** `short` is for a telephone's screen. */
export type Text = { subject: string; text: string; short: string };

const SHORT_LENGTH = 320;

/** What somebody is told: of one alert in full, of many in a list. */
export function textOf(tellings: readonly Telling[]): Text {
  const [only, ...more] = tellings;
  if (!only) throw new RangeError("There is nothing to tell.");
  return more.length === 0 ? textOfOne(only) : textOfMany([only, ...more]);
}

/** The page that says what to look at and what to do. */
export function runbookOf(kind: string): string {
  return `docs/runbooks/${kind}.md`;
}

function textOfOne({ reason, alert }: Telling): Text {
  const kind = kindOf(alert.kind);
  const subject = headline({ reason, alert });
  const since = `Since: ${minuteOf(alert.since)}`;
  const rest =
    reason === "resolved"
      ? [`Over: ${minuteOf(alert.resolvedAt ?? alert.since)}`, "To do: nothing; the incidents tell what was done."]
      : [`Done: ${kind?.done ?? "-"}`, `To do: ${kind?.toDo ?? "-"}`];
  const runbook = `Runbook: ${runbookOf(alert.kind)}`;
  const lines = [`What: ${alert.what}`, `Where: ${placeOf(alert)}`, since, ...rest, runbook, `Alert: ${alert.id}`];
  return {
    subject,
    text: lines.join("\n"),
    short: cut([subject, since, ...rest, `Runbook: ${alert.kind}`].join("\n")),
  };
}

function textOfMany(tellings: Telling[]): Text {
  const over = tellings.filter(({ reason }) => reason === "resolved").length;
  const begun = tellings.length - over;
  const subject = `[summary] ${begun} alerts, ${over} resolved`;
  const listed = tellings.slice(0, ALERTING.summaryLines).map(headline);
  const unlisted = tellings.length - listed.length;
  const lines = [...listed, ...(unlisted > 0 ? [`and ${unlisted} more`] : []), "All of them: GET /api/v1/alerts"];
  return { subject, text: lines.join("\n"), short: cut([subject, ...lines].join("\n")) };
}

function headline({ reason, alert }: Telling): string {
  const mark = { raised: alert.severity, escalated: `${alert.severity}, not acknowledged`, resolved: "resolved" }[
    reason
  ];
  return `[${mark}] ${placeOf(alert)}: ${alert.what}`;
}

function placeOf({ station, origin }: Alert): string {
  if (station !== null) return `station ${station}`;
  return origin === null ? "the fleet" : `origin ${origin}`;
}

function minuteOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function cut(text: string): string {
  return text.length <= SHORT_LENGTH ? text : `${text.slice(0, SHORT_LENGTH - 3)}...`;
}
