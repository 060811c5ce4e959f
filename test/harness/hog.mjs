// Loaded into a process before all else (node --import), it takes what the file HOG_FILE says for this very process:
// { "pid": 1, "descriptors": 396 } so that as many are always open, { "pid": 1, "bytes": 1000 } of memory. It gives
// nothing back.
import { openSync, readdirSync, readFileSync } from "node:fs";

const LOOK_MS = 200;
const held = [];

let order = null;
setInterval(() => {
  order ??= read();
  if (order === null) return;
  if (order.bytes && held.length === 0) held.push(Buffer.alloc(order.bytes, 1));
  while (order.descriptors && openDescriptors() < order.descriptors) held.push(openSync("/dev/null"));
}, LOOK_MS).unref();

function openDescriptors() {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function read() {
  try {
    const found = JSON.parse(readFileSync(process.env.HOG_FILE ?? "", "utf8"));
    return found.pid === process.pid ? found : null;
  } catch {
    return null;
  }
}
