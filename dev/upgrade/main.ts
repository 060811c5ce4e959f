import { parseArgs } from "node:util";
import { z } from "zod";
import { describe } from "../../kit/log.ts";
import { pause } from "../../kit/loop.ts";
import { COMMANDS, type Order, readOrder } from "./order.ts";
import { storyLines, Upgrade } from "./story.ts";

/** `npm run upgrade`: replaces the fleet's nodes one after the other, and tells how it goes until it has ended. */

const USAGE = `npm run upgrade -- [--version 1.2.3] [--image name:tag] [--origins a,b] [--settle-seconds 30]
npm run upgrade -- ${COMMANDS.join("|")} [id]
Where control is: CONTROL_URL, or --control. The admin's token: ADMIN_TOKEN, or --token.`;
const REQUEST_MS = 10_000;
const LOOK_AGAIN_MS = 2000;
/** It did not come to a good end; the question could not be understood. */
const EXIT = { halted: 1, misused: 64 };

const Known = z.object({ items: z.array(z.object({ id: z.string() })) });

process.exitCode = await run();

async function run(): Promise<number> {
  let order: Order;
  try {
    order = readOrder(parseArgs({ allowPositionals: true, options: optionsFrom(process.env) }));
  } catch (thrown) {
    console.error(`${thrown instanceof Error ? thrown.message : describe(thrown)}\n\n${USAGE}`);
    return EXIT.misused;
  }
  try {
    return await follow(order, await send(order));
  } catch (thrown) {
    console.error(thrown instanceof Error ? thrown.message : describe(thrown));
    return EXIT.halted;
  }
}

function optionsFrom({ CONTROL_URL, ADMIN_TOKEN }: NodeJS.ProcessEnv) {
  return {
    control: { type: "string", default: CONTROL_URL },
    token: { type: "string", default: ADMIN_TOKEN },
    version: { type: "string" },
    image: { type: "string" },
    origins: { type: "string" },
    "settle-seconds": { type: "string" },
  } as const;
}

/** Says what is to be done; answers the upgrade that is to be followed. */
async function send(order: Order): Promise<Upgrade> {
  if (order.command === "start") return ask(order, Upgrade, "POST", "/upgrades", order.wanted);
  const id = order.id ?? (await ask(order, Known, "GET", "/upgrades?limit=1")).items[0]?.id;
  if (id === undefined) throw new Error("There has been no upgrade yet.");
  if (order.command === "status") return ask(order, Upgrade, "GET", `/upgrades/${id}`);
  return ask(order, Upgrade, "POST", `/upgrades/${id}/${order.command}`);
}

/** Prints the story as it grows. A look that fails is no end of it: control may be away for a moment. */
async function follow(order: Order, first: Upgrade): Promise<number> {
  let upgrade = first;
  let told = 0;
  let problem = "";
  console.log(`Upgrade ${upgrade.id}`);
  for (;;) {
    const lines = storyLines(upgrade);
    for (const line of lines.slice(told)) console.log(line);
    told = lines.length;
    if (order.command === "status" || upgrade.state !== "running") break;
    await pause(LOOK_AGAIN_MS);
    try {
      upgrade = await ask(order, Upgrade, "GET", `/upgrades/${upgrade.id}`);
      problem = "";
    } catch (thrown) {
      if (describe(thrown) !== problem) console.error(describe(thrown));
      problem = describe(thrown);
    }
  }
  console.log(`It is ${upgrade.state}${upgrade.reason === null ? "" : `: ${upgrade.reason}`}.`);
  if (upgrade.state !== "halted") return 0;
  console.log("Go on with `npm run upgrade -- resume`, back with `rollback`, or leave it as it is with `cancel`.");
  return EXIT.halted;
}

async function ask<T>(order: Order, schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${order.control}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${order.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Control answers ${response.status}: ${text.slice(0, 500)}`);
  return schema.parse(JSON.parse(text));
}
