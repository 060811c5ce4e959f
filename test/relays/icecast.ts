import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { openWorkshop, type RelayServer, TITLE, TONE } from "./server.ts";

/** Icecast, with a user and a password for its listeners, fed with MP3 by ffmpeg. */
export async function startIcecast(port: number): Promise<RelayServer> {
  const workshop = await openWorkshop();
  const config = join(workshop.folder, "icecast.xml");
  await writeFile(config, configOf(workshop.folder, port));
  await writeFile(join(workshop.folder, "users"), "");
  await workshop.runUnprivileged("icecast2", ["-c", config]);
  const url = `http://127.0.0.1:${port}/one`;
  await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/status-json.xsl`)).ok).toBe(true), 10_000);
  const target = `icecast://source:hackme@127.0.0.1:${port}/one`;
  await workshop.run("ffmpeg", [...TONE, "-b:a", "128k", "-content_type", "audio/mpeg", "-f", "mp3", target]);
  await vi.waitFor(() => sayTitle(port), { timeout: 10_000, interval: 200 });
  return { url, kill: workshop.kill };
}

/** Tells Icecast what is on, as a source does while it plays. */
async function sayTitle(port: number): Promise<void> {
  const query = new URLSearchParams({ mount: "/one", mode: "updinfo", song: `Ada - ${TITLE}`, charset: "UTF-8" });
  const authorization = `Basic ${btoa("admin:hackme")}`;
  const answer = await fetch(`http://127.0.0.1:${port}/admin/metadata?${query}`, { headers: { authorization } });
  expect(await answer.text()).toContain("Metadata update successful");
}

const configOf = (folder: string, port: number) => `<icecast>
  <limits><sources>2</sources></limits>
  <authentication>
    <source-password>hackme</source-password>
    <admin-user>admin</admin-user><admin-password>hackme</admin-password>
  </authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <paths><logdir>${folder}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
</icecast>`;
