import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pause } from "../../../kit/loop.ts";
import type { Child } from "../../harness/child.ts";
import { boundPorts } from "../../harness/ports.ts";
import type { Workshop } from "../../relays/server.ts";

const START_MS = 10_000;

/** Icecast, room for a thousand listeners. */
export async function startIcecast(workshop: Workshop, port: number, password: string): Promise<Child> {
  const config = join(workshop.folder, "icecast.xml");
  await writeFile(config, configOf(workshop.folder, port, password));
  const child = await workshop.runUnprivileged("icecast2", ["-c", config]);
  const deadline = performance.now() + START_MS;
  while (child.running && (await boundPorts([port])).length === 0) {
    if (performance.now() > deadline) throw new Error(`icecast does not listen on ${port}`);
    await pause(50);
  }
  if (!child.running) throw new Error(`icecast: ${await child.ended} ${child.lines.map(({ text }) => text).join(" ")}`);
  return child;
}

const configOf = (folder: string, port: number, password: string) => `<icecast>
  <limits><sources>10</sources><clients>1000</clients></limits>
  <authentication>
    <source-password>${password}</source-password>
    <admin-user>admin</admin-user><admin-password>${password}</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths><logdir>${folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
</icecast>`;
