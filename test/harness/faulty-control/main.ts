import type { Bindings } from "../../../control/environment.ts";
import { monitorOf } from "../../../control/health/monitor.ts";
import control, { Monitor as SoundMonitor } from "../../../control/main.ts";
import { ControlFaults, EVICTION_PATH } from "../control-faults.ts";
import { FAULTS_PATH, type OperationCounts } from "../faults.ts";
import { guardBucket } from "../faulty-edge/faulty-bucket.ts";
import { guardDatabase } from "./faulty-database.ts";

/** The real control, but tests can take its database or itself away while it runs. */

const HANG_MS = 600_000;
const SWEEP_MS = 1000;

let faults = ControlFaults.parse({});

const counts: OperationCounts = {};

function count(operation: string): void {
  counts[operation] = (counts[operation] ?? 0) + 1;
}

const faulty = (bindings: Bindings): Bindings => ({
  ...bindings,
  DB: guardDatabase(bindings.DB, () => suffer(faults.database, "D1_ERROR: internal error")),
  MEDIA: guardBucket(bindings.MEDIA, async (operation, key) => {
    count(operation);
    count(`control's ${operation} ${key}`);
    return "none";
  }),
});

async function suffer(trouble: ControlFaults["database"], message: string): Promise<void> {
  if (trouble === "none") return;
  if (trouble === "hang") await new Promise((resolve) => setTimeout(resolve, HANG_MS));
  throw new Error(message);
}

export class Monitor extends SoundMonitor {
  constructor(state: DurableObjectState, bindings: Bindings) {
    super(state, faulty(bindings));
  }

  override async alarm(): Promise<void> {
    if (faults.control === "none") return super.alarm();
    await this.ctx.storage.setAlarm(Date.now() + SWEEP_MS);
  }

  async vanish(): Promise<void> {
    this.ctx.abort("a test has evicted it");
  }
}

async function takeOrders(request: Request, bindings: Bindings): Promise<Response> {
  if (request.method === "GET") return Response.json(counts);
  if (new URL(request.url).pathname === FAULTS_PATH) {
    faults = ControlFaults.parse(await request.json());
    return new Response(null, { status: 204 });
  }
  const monitor = monitorOf(bindings) as DurableObjectStub<Monitor>;
  // The object is gone before it can answer.
  await monitor.vanish().catch(() => {});
  return new Response(null, { status: 204 });
}

export default {
  async fetch(request: Request, bindings: Bindings, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === FAULTS_PATH || pathname === EVICTION_PATH) return takeOrders(request, bindings);
    count("request");
    if (faults.control === "hang") await suffer("hang", "");
    if (faults.control === "fail") return new Response("error code: 1101", { status: 500 });
    return control.fetch(request, faulty(bindings), context);
  },
  async scheduled(event, bindings) {
    if (faults.control === "none") await control.scheduled(event, faulty(bindings));
  },
} satisfies ExportedHandler<Bindings>;
