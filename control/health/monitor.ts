import { DurableObject } from "cloudflare:workers";
import type { DesiredState, Heartbeat } from "../../contracts/fleet.ts";
import type { OriginId, Sha256 } from "../../contracts/names.ts";
import { systemClock } from "../../kit/clock.ts";
import { createLog, describe } from "../../kit/log.ts";
import { openDatabase } from "../db/database.ts";
import type { Bindings } from "../environment.ts";
import { type Cdn, createCdn } from "./cdn.ts";
import { readCdnSettings } from "./cdn-settings.ts";
import { Fleet, type FleetStatus, type HeartbeatReply } from "./fleet.ts";
import type { Heard } from "./hearing.ts";
import { createOutbox } from "./outbox.ts";
import { POLICY } from "./policy.ts";
import { noProvisioner } from "./provisioner.ts";

/** The one monitor of the fleet. */
export function monitorOf(bindings: Bindings): DurableObjectStub<Monitor> {
  return bindings.MONITOR.getByName("fleet");
}

/** Holds the fleet, and an alarm that sweeps it. Every call makes sure that the alarm is set. */
export class Monitor extends DurableObject<Bindings> {
  readonly #fleet: Fleet;
  readonly #log = createLog({ fields: { part: "monitor" } });

  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, bindings);
    this.#fleet = new Fleet({
      db: openDatabase(bindings.DB),
      bucket: bindings.MEDIA,
      outbox: createOutbox(state.storage),
      cdn: this.#createCdn(bindings),
      provisioner: noProvisioner,
      clock: systemClock,
      log: this.#log,
    });
  }

  /** A bad setting is a fault of this alone: the fleet is looked after without it. */
  #createCdn(bindings: Bindings): Cdn {
    try {
      return createCdn(readCdnSettings(bindings), (request) => fetch(request), systemClock);
    } catch (thrown) {
      this.#log.error("the settings of the CDN cannot be used", { error: describe(thrown) });
      return { tell: null, purge: null };
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

  async alive(): Promise<OriginId[]> {
    await this.arm();
    return this.#fleet.alive();
  }

  async status(): Promise<FleetStatus> {
    await this.arm();
    return this.#fleet.status();
  }

  /** Sets the alarm if none is set. */
  async arm(): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + POLICY.sweepMs);
  }

  /** The next alarm is set before anything else, and nothing is thrown: an alarm that fails six times is dropped. */
  override async alarm(): Promise<void> {
    try {
      await this.ctx.storage.setAlarm(Date.now() + POLICY.sweepMs);
      await this.#fleet.sweep();
      this.ctx.waitUntil(this.#fleet.chores());
    } catch (thrown) {
      this.#log.error("sweep failed", { error: describe(thrown) });
    }
  }
}
