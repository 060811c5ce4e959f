import { execFileSync, spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { startChild } from "./child.ts";

const NODE = process.execPath;

it("tells the exit code and the end of what the child said", async () => {
  const child = startChild(NODE, ["-e", "console.error('x'.repeat(9000) + ' no such codec'); process.exitCode = 3"]);
  const reason = await child.ended;
  expect(reason).toMatch(/^exited with code 3: x+ no such codec$/);
  expect(reason.length).toBeLessThan(2100);
});

it("tells what the child says as it comes, and gives it an environment of its own", async () => {
  let said = "";
  const program = "console.error(process.env.GIVEN, process.env.HOME)";
  const child = startChild(NODE, ["-e", program], { env: { GIVEN: "one" }, onSaid: (text) => (said += text) });
  await child.ended;
  expect(said).toBe("one undefined\n");
});

it("tells the signal that ended the child", async () => {
  const child = startChild(NODE, ["-e", "setInterval(() => {}, 1000)"]);
  child.kill();
  expect(await child.ended).toBe("was ended by SIGKILL");
});

it("ends at once, with the reason, when the command does not exist", async () => {
  expect(await startChild("/does/not/exist", []).ended).toMatch(/ENOENT/);
});

it("does not let a shell see the arguments", async () => {
  const child = startChild(NODE, ["-e", "process.stdout.write(process.argv[1])", "$(id); `id`"]);
  const heard: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => heard.push(chunk));
  await child.ended;
  expect(Buffer.concat(heard).toString()).toBe("$(id); `id`");
});

it("kills a child that does not listen to SIGTERM", async () => {
  const child = startChild(NODE, [
    "-e",
    "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); process.stdout.write('up')",
  ]);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await child.stop(50);
  expect(await child.ended).toBe("was ended by SIGKILL");
});

it("survives writing to a child that has ended", async () => {
  const child = startChild(NODE, ["-e", ""]);
  await child.ended;
  child.stdin.write("too late");
  expect(await child.ended).toBe("exited with code 0");
});

it("takes its children along when this process exits", async () => {
  const program = `
    import { startChild } from ${JSON.stringify(import.meta.resolve("./child.ts"))};
    const child = startChild(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"]);
    console.log(child.pid);
    process.exit();`;
  const pid = execFileSync(NODE, ["--input-type=module", "-e", program], { encoding: "utf8" }).trim();
  await expect.poll(() => isRunning(pid)).toBe(false);
});

/** A dead process that nobody has reaped yet does not run. */
function isRunning(pid: string): boolean {
  const state = spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" }).stdout.trim();
  return state !== "" && !state.startsWith("Z");
}
