import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { describe } from "../../kit/log.ts";
import { ROOT } from "../settings.ts";
import { gather, judge } from "./examine.ts";
import { exitCodeOf, reportJson, reportText } from "./report.ts";

/** `npm run doctor`: looks at a running deployment from outside, says what is wrong, and what to do. */
const USAGE =
  "npm run doctor -- --edge https://radio.example --control https://control.example [--station demo] [--json]; the token in ADMIN_TOKEN, or --token";
/** Neither well nor ill: the question could not be understood. */
const MISUSED = 64;

const Url = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ""));
const Asked = z.object({
  edge: Url,
  control: Url,
  token: z.string().min(1),
  station: z.array(z.string()).default([]),
  json: z.boolean(),
});

try {
  const { values } = parseArgs({
    options: {
      edge: { type: "string", default: process.env.EDGE_URL },
      control: { type: "string", default: process.env.CONTROL_URL },
      token: { type: "string", default: process.env.ADMIN_TOKEN },
      station: { type: "string", multiple: true },
      json: { type: "boolean", default: false },
    },
  });
  const parsed = Asked.safeParse(values);
  if (!parsed.success) throw new Error(`${z.prettifyError(parsed.error)}\n${USAGE}`);
  const { edge, control, token, station, json } = parsed.data;
  const { CF_ACCESS_CLIENT_ID: id, CF_ACCESS_CLIENT_SECRET: secret } = process.env;
  const access = id && secret ? { id, secret } : null;
  const migrations = (await readdir(join(ROOT, "migrations"))).filter((name) => name.endsWith(".sql")).sort();
  const findings = judge(
    await gather({ edge, control, credentials: { token, access }, stations: station }, migrations),
  );
  console.log(json ? reportJson(findings) : reportText(findings));
  process.exitCode = exitCodeOf(findings);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : describe(thrown));
  process.exitCode = MISUSED;
}
