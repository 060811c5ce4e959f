import { readRadio } from "./options.ts";
import { costText } from "./text.ts";

/** `npm run cost -- --stations 10 --listeners 1000 --seconds 3.2`: what a radio of that size costs at Cloudflare. */

try {
  const { radio, modes } = readRadio(process.argv.slice(2));
  console.log(costText(radio, modes));
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
}
