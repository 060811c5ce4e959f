/**
 * Preloaded into each process that another one starts with an IPC channel: when the channel closes, its owner has
 * ended, be it by kill -9, and this process ends too: politely, then with its whole process group. Plain JavaScript:
 * stripping types would cost every process 13 MB.
 */
const ORDERLY_END_MS = 10_000;

process.channel?.unref();
process.once("disconnect", () => {
  process.kill(process.pid, "SIGTERM");
  setTimeout(endForGood, ORDERLY_END_MS).unref();
});

function endForGood() {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // It leads no group of its own.
    process.kill(process.pid, "SIGKILL");
  }
}
