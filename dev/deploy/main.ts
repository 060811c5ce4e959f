import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { pause } from "../../kit/loop.ts";
import { buildAll, endBuilding } from "../build.ts";
import { ROOT } from "../settings.ts";
import { WORKERS } from "./checked-in.ts";
import { Cloudflare } from "./cloudflare.ts";
import { deploy, workersIn } from "./deploy.ts";
import { readOptions, USAGE } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { readyText } from "./ready-text.ts";
import { rollback } from "./rollback.ts";
import { uploadWithWrangler } from "./upload.ts";

/** `npm run deploy`: takes an account at Cloudflare to on air, or both Workers back to the release before. */

const tell = ({ changed, said }: Outcome) => console.log(`  ${changed ? "+" : "="} ${said}`);

if (process.argv.includes("--help")) {
  console.log(USAGE);
} else {
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    const cloudflare = new Cloudflare(options.cloudflare);
    console.log(`Radio Dream, ${options.environment}, account ${options.cloudflare.account}:\n`);
    if (options.rollback) {
      const { edge, control } = workersIn(options);
      for (const worker of [control, edge]) tell(await rollback(cloudflare, worker));
    } else {
      const deployed = await deploy(options, {
        cloudflare,
        workers: WORKERS,
        folder: join(ROOT, "dist/deploy"),
        upload: uploadWithWrangler(options.cloudflare),
        build: () => buildAll().finally(endBuilding),
        fetch,
        pause: (ms) => {
          process.stdout.write(".");
          return pause(ms);
        },
        makeToken: (prefix) => prefix + randomBytes(32).toString("base64url"),
        tell,
      });
      console.log(readyText(options, deployed));
    }
  } catch (thrown) {
    console.error(`\n${thrown instanceof Error ? thrown.message : String(thrown)}`);
    console.error("\nNothing is lost: the same command goes on from here. --help says what it takes.");
    process.exitCode = 1;
  }
}
