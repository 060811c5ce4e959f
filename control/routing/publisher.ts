import { withTimeout } from "../../kit/race.ts";
import { POLICY } from "../health/policy.ts";
import type { Snapshot } from "./build-snapshot.ts";
import { loadPublication, type Publication, type PublishDependencies, publish, snapshotHash } from "./publish.ts";

/** Sees to it that the routing in R2 is the one that follows from the registry. */
export class RoutingPublisher {
  readonly #deps: PublishDependencies;
  #publication: Publication | null = null;
  #published: Snapshot | null = null;
  #checkedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: PublishDependencies) {
    this.#deps = deps;
  }

  /** The snapshot that is known to stand in R2. */
  get published(): Snapshot | null {
    return this.#published;
  }

  /** Publishes a snapshot that differs from what stands there, and looks now and then whether that still does. Throws as `publish`. */
  async keep(snapshot: Snapshot): Promise<void> {
    const { db, clock } = this.#deps;
    this.#publication ??= await withTimeout(POLICY.databaseTimeoutMs, "D1", () => loadPublication(db));
    const isChecked = clock.monotonic() - this.#checkedAt <= POLICY.routingCheckMs;
    if (!isChecked || (await snapshotHash(snapshot)) !== this.#publication.sha256) {
      this.#publication = await publish(this.#deps, snapshot, this.#publication);
      this.#checkedAt = clock.monotonic();
    }
    this.#published = snapshot;
  }
}
