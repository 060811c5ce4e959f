// Loaded into a process before all else (node --import), it has the process's wall clock run off by as many
// milliseconds as the file CLOCK_SHIFT_FILE says at the moment: a node whose clock is wrong.
import { readFileSync } from "node:fs";

const LOOK_MS = 200;
const file = process.env.CLOCK_SHIFT_FILE ?? "";
const trueNow = Date.now.bind(Date);
let shift = 0;

function look() {
  try {
    shift = Number(readFileSync(file, "utf8"));
  } catch {
    shift = 0;
  }
}

look();
setInterval(look, LOOK_MS).unref();
Date.now = () => trueNow() + shift;
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args),
});
