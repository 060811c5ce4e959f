import { DurableObject } from "cloudflare:workers";
import type { DesiredState, Heartbeat } from "../../contracts/fleet.ts";
import type { OriginId, Sha256 } from "../../contracts/names.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog, describe } from "../../kit/log.ts";
import { type Alerting, createAlerting } from "../alerting/alerting.ts";
import { createChannels } from "../alerting/create-channels.ts";
import { ALERTING } from "../alerting/policy.ts";
import { readAlertSettings } from "../alerting/settings.ts";
import { openDatabase } from "../db/database.ts";
import { type Bindings, readSettings } from "../environment.ts";
import { createProvisioner } from "../provisioner/create-provisioner.ts";
import { readProvisionerSettings } from "../provisioner/settings.ts";
import type { StandIns } from "../registry/move-origin.ts";
import { createCdn } from "./cdn.ts";
import { readCdnSettings } from "./cdn-settings.ts";
import { createEdgeEyes, noEyes } from "./edge-eyes.ts";
import { createFaultLog } from "./fault-log.ts";
import { Fleet, type FleetStatus, type HeartbeatReply } from "./fleet.ts";
import type { Heard } from "./hearing.ts";
import type { FleetMeasures } from "./measure.ts";
import { createOutbox } from "./outbox.ts";
import { POLICY } from "./policy.ts";
import { noProvisioner } from "./provisioner.ts";

/** Ms until the alarm is due, null when none was set; and since the minute's cron, null when none came yet. */
export type MonitorStatus = FleetStatus & { alarmInMs: number | null; cronAgoMs: number | null };

/** The one monitor of the fleet. */
export function monitorOf(bindings: Bindings): DurableObjectStub<Monitor> {
  return bindings.MONITOR.getByName("fleet");
}

/** Holds the fleet, and an alarm that sweeps it. Every call makes sure that the alarm is set. */
export class Monitor extends DurableObject<Bindings> {
  readonly #fleet: Fleet;
  readonly #alerting: Alerting;
  readonly #log = createLog({ fields: { part: "monitor" } });
  readonly #faults = createFaultLog(this.#log);
  #alerts: Promise<void> | null = null;
  #cronAt: number | null = null;

  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings);
    const deps = { db: openDatabase(bindings.DB), clock: systemClock, log: this.#log };
    const outside = { ...deps, fetch: (request: Request) => fetch(request) };
    this.#alerting = this.#setUp(
      () => {
        const settings = readAlertSettings(bindings);
        return createAlerting({ ...deps, ...settings, channels: createChannels(settings, outside) });
      },
      createAlerting({ ...deps, channels: new Map(), escalateAfterMs: ALERTING.escalateAfterMs }),
    );
    this.#fleet = new Fleet({
      ...deps,
      bucket: bindings.MEDIA,
      eyes: this.#setUp(() => {
        const url = readSettings(bindings).EDGE_URL;
        return url === undefined ? noEyes : createEdgeEyes({ ...outside, url });
      }, noEyes),
      outbox: createOutbox(state.storage),
      cdn: this.#setUp(() => createCdn(readCdnSettings(bindings), outside.fetch, systemClock), {
        tell: null,
        purge: null,
      }),
      provisioner: this.#setUp(() => createProvisioner(readProvisionerSettings(bindings), outside), noProvisioner),
    });
  }

  /** A bad setting is a fault of its own part alone: the fleet is looked after without it. */
  #setUp<Part>(create: () => Part, without: Part): Part {
    try {
      return create();
    } catch (thrown) {
      this.#log.error("settings cannot be used", { error: describe(thrown) });
      return without;
    }
  }

  async heartbeat(id: OriginId, tokenHash: Sha256, heartbeat: Heartbeat): Promise<HeartbeatReply> {
    await this.arm();
    return this.#fleet.heartbeat(id, tokenHash, heartbeat);
  }

  async admit(id: OriginId): Promise<DesiredState | null> {
    await this.arm();
    return this.#fleet.admit(id);
  }

  async refresh(): Promise<void> {
    await this.arm();
    await this.#fleet.refresh();
  }

  async silentMs(id: OriginId): Promise<number> {
    await this.arm();
    return this.#fleet.silentMs(id);
  }

  async heard(): Promise<Heard[]> {
    await this.arm();
    return this.#fleet.heard();
  }

  async measure(): Promise<FleetMeasures> {
    await this.arm();
    return this.#fleet.measure();
  }

  async standIns(id: OriginId): Promise<StandIns> {
    await this.arm();
    return this.#fleet.standIns(id);
  }

  async status(): Promise<MonitorStatus> {
    const alarmAt = await this.ctx.storage.getAlarm();
    await this.arm();
    const alarmInMs = alarmAt === null ? null : alarmAt - Date.now();
    const cronAgoMs = this.#cronAt === null ? null : Date.now() - this.#cronAt;
    return { ...this.#fleet.status(), alarmInMs, cronAgoMs };
  }

  /** Sets the alarm if none is set, and remembers when the cron was here. */
  async arm(by?: "cron"): Promise<void> {
    if (by === "cron") this.#cronAt = Date.now();
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + POLICY.sweepMs);
  }

  /** The next alarm is set before anything else, and nothing is thrown: an alarm that fails six times is dropped. */
  override async alarm(): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(Date.now() + POLICY.sweepMs);
      await this.#fleet.sweep();
      this.ctx.waitUntil(this.#fleet.chores());
      this.ctx.waitUntil(this.#alert());
    } catch (thrown) {
      this.#log.error("sweep failed", { error: describe(thrown) });
    }
  }

  /** Tells people what is wrong, beside the sweep and once at a time: D1 that hangs here holds up nobody's rescue. */
  #alert(): Promise<void> {
    this.#alerts ??= this.#tellPeople().finally(() => {
      this.#alerts = null;
    });
    return this.#alerts;
  }

  async #tellPeople(): Promise<void> {
    const view = this.#fleet.view();
    if (view) await this.#faults.attempt("alerting", () => this.#alerting.sweep(view));
  }
}
