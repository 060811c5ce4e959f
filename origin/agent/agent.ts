import {
  type DesiredState,
  HEARTBEAT_MS,
  type IncidentReport,
  type Registration,
  type StationReport,
} from "../../contracts/fleet.ts";
import type { Clock } from "../../kit/clock.ts";
import { describe, type Log } from "../../kit/log.ts";
import { type Loop, pause, startLoop } from "../../kit/loop.ts";
import { withTimeout } from "../../kit/race.ts";
import { inTrace } from "../process/trace.ts";
import { type ClockReading, clockIsRight, clockOffset } from "./clock-check.ts";
import { type ControlClient, ControlError } from "./control-client.ts";
import type { IncidentQueue } from "./incident-queue.ts";
import type { NodeMemory } from "./node-memory.ts";
import { onOwnAuthority } from "./own-authority.ts";

/** Between the heartbeats of a node that is leaving. */
const LEAVE_BEAT_MS = 300;
const REMEMBER_WITHIN_MS = 1000;

export type AgentOptions = {
  registration: Omit<Registration, "generations">;
  enrolToken: string | null;
  client: ControlClient;
  memory: NodeMemory;
  remember(memory: NodeMemory): Promise<void>;
  incidents: IncidentQueue;
  /** What the node does now. */
  report(): StationReport[];
  /** Where the node stands on its ladder. */
  ladder(): { rung: string; detail: string };
  /** Carries out what control says; called whenever that may have changed. */
  apply(desired: DesiredState): void;
  /** A second opinion on the time, for the day control is away; null when it cannot be had. */
  askEdgeForTime(): Promise<ClockReading | null>;
  /** The newest generation of a station that another origin has; null when nobody can say. Never rejects. */
  newestGeneration(station: string): Promise<number | null>;
  clock: Clock;
  log: Log;
};

export type Agent = {
  /** Ms since control last answered; null when it never did. */
  controlSilentMs(): number | null;
  /** How far this node's clock is ahead by control's, in ms; null while control has not told the time. */
  clockOffsetMs(): number | null;
  /** Sends a heartbeat at once instead of with the next two seconds. */
  beatNow(): void;
  /**
   * Tells control that the node is going, and resolves when no studio is here any more, when control does not answer,
   * or after `withinMs`.
   */
  leave(withinMs: number): Promise<void>;
  stop(): Promise<void>;
};

/**
 * The node's tie to control: registers, sends a heartbeat every two seconds and applies the desired state that answers
 * it. While control is away, the node goes on with what it was told last, even across a restart.
 */
export function startAgent(options: AgentOptions): Agent {
  const { client, incidents, clock, log, registration } = options;
  let memory = options.memory;
  let registered = false;
  let applied = false;
  let lastAnswer: number | null = null;
  let lastProblem: string | null = null;
  let clockWasRight = true;
  let clockAheadMs: number | null = null;
  let leaving = false;
  let isKept = true;
  let wake = new AbortController();

  async function keep(next: NodeMemory): Promise<void> {
    const known = (of: NodeMemory) => JSON.stringify({ ...of, desired: withoutTime(of.desired) });
    const changed = known(next) !== known(memory);
    memory = next;
    if (changed || !isKept) await write();
  }

  /** A disk that takes nothing costs the node its memory, never its tie to control. */
  async function write(): Promise<void> {
    try {
      await withTimeout(REMEMBER_WITHIN_MS, "keeping the node's memory", () => options.remember(memory));
      isKept = true;
    } catch (thrown) {
      if (isKept) log.error("what the node should remember cannot be kept", { error: describe(thrown) });
      isKept = false;
    }
  }

  function checkClock(reading: ClockReading): boolean {
    const right = clockIsRight(reading);
    if (!right && clockWasRight)
      incidents.add("clock-off", null, `this node's clock is ${Math.round(clockOffset(reading))} ms off`);
    if (right && !clockWasRight) log.info("the clock is right again");
    clockWasRight = right;
    return right;
  }

  async function obey(desired: DesiredState, sentAt: number): Promise<void> {
    lastAnswer = clock.monotonic();
    if (lastProblem !== null) log.info("control answers again");
    lastProblem = null;
    const generations = { ...memory.generations };
    for (const station of desired.stations) {
      generations[station.slug] = Math.max(generations[station.slug] ?? 0, station.generation);
    }
    const reading = { sentAt, receivedAt: clock.now(), serverNow: desired.now };
    clockAheadMs = clockOffset(reading);
    const clockRight = checkClock(reading);
    await keep({ ...memory, desired, generations });
    // A node whose clock is wrong goes on with what it does but begins nothing: its numbers would be wrong.
    if (clockRight || applied) options.apply(desired);
    applied ||= clockRight;
  }

  async function register(): Promise<void> {
    const token = memory.token ?? options.enrolToken;
    if (token === null) throw new ControlError("refused", null, "neither a token of its own nor ENROL_TOKEN is there");
    const sentAt = clock.now();
    const answer = await client.register(token, { ...registration, generations: memory.generations });
    memory = { ...memory, token: answer.token ?? memory.token };
    registered = true;
    log.info("registered with control", { origin: registration.id });
    await write();
    await obey(answer.desired, sentAt);
  }

  async function beat(): Promise<void> {
    const reported: IncidentReport[] = incidents.waiting();
    const sentAt = clock.now();
    const { rung, detail } = options.ladder();
    const answer = await client.heartbeat(memory.token ?? "", registration.id, {
      instance: registration.instance,
      ...(registration.wire !== undefined && { wire: registration.wire }),
      now: Math.round(sentAt),
      rung,
      ...(detail !== "" && { rungDetail: detail.slice(0, 500) }),
      ...(leaving && { leaving }),
      stations: options.report(),
      incidents: reported,
    });
    incidents.done(reported);
    await obey(answer.desired, sentAt);
  }

  async function goOnAlone(): Promise<void> {
    if (applied || memory.desired === null) return;
    const reading = await options.askEdgeForTime();
    if (reading === null || !checkClock(reading)) return;
    const slugs = memory.desired.stations.map(({ slug }) => slug);
    const published = await Promise.all(
      slugs.map(async (slug) => [slug, await options.newestGeneration(slug)] as const),
    );
    const own = onOwnAuthority(memory.desired, new Map(published));
    log.warn("control is away: going on with what it said last");
    await keep({ ...memory, desired: own.desired, generations: { ...memory.generations, ...own.generations } });
    applied = true;
    options.apply(own.desired);
  }

  async function step(): Promise<void> {
    try {
      await (registered ? beat() : register());
    } catch (thrown) {
      if (!(thrown instanceof ControlError)) throw thrown;
      if (thrown.message !== lastProblem) log.warn("no word from control", { problem: thrown.message });
      lastProblem = thrown.message;
      if (thrown.status === 401 && memory.token !== null && options.enrolToken !== null) {
        memory = { ...memory, token: null };
      }
      if (thrown.kind === "refused") registered = false;
      await goOnAlone();
    }
  }

  const loop: Loop = startLoop(
    "the tie to control",
    0,
    async () => {
      wake = new AbortController();
      await inTrace(step);
      await pause(HEARTBEAT_MS, wake.signal);
    },
    log,
  );

  const hasStudio = () => memory.desired?.stations.some(({ studio }) => studio?.origin === registration.id) ?? false;

  return {
    controlSilentMs: () => (lastAnswer === null ? null : clock.monotonic() - lastAnswer),
    clockOffsetMs: () => clockAheadMs,
    beatNow: () => wake.abort(),
    async leave(withinMs) {
      leaving = true;
      const deadline = clock.monotonic() + withinMs;
      do {
        wake.abort();
        await pause(LEAVE_BEAT_MS);
      } while (hasStudio() && registered && lastProblem === null && clock.monotonic() < deadline);
    },
    stop() {
      wake.abort();
      return loop.stop();
    },
  };
}

function withoutTime(desired: DesiredState | null): unknown {
  return desired && { ...desired, now: 0 };
}
