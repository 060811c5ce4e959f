import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../../dev/settings.ts";
import { installMissing } from "./packages.ts";

/** `npm run test:relays`: relays of real servers, which it installs where it may. */

installMissing();
const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
const args = ["run", "--project", "relays", ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, [vitest, ...args], { cwd: ROOT, stdio: "inherit" }).status ?? 1;
