// Loaded into a process before all else (node --import), it takes what the file HOG_FILE says for this very process:
// { "pid": 1, "descriptors": 396 } until so many are open, { "pid": 1, "bytes": 1000 } of memory. It gives nothing back.
import { openSync, readdirSync, readFileSync } from "node:fs";

const LOOK_MS = 200;
const held = [];

const looking = setInterval(() => {
  const order = read();
  if (order?.pid !== process.pid) return;
  clearInterval(looking);
  if (order.bytes) held.push(Buffer.alloc(order.bytes, 1));
  while (order.descriptors && readdirSync("/proc/self/fd").length < order.descriptors) held.push(openSync("/dev/null"));
}, LOOK_MS);
looking.unref();

function read() {
  try {
    return JSON.parse(readFileSync(process.env.HOG_FILE ?? "", "utf8"));
  } catch {
    return null;
  }
}
