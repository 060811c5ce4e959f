import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "./fixtures/eventually.ts";
import { MALFORMED, MALFORMED_BUT_SKIPPED } from "./fixtures/malformed.ts";
import { connectClient, publishAs, type RtmpClient } from "./fixtures/rtmp-client.ts";
import { startStock } from "./fixtures/stock-server.ts";
import { KEY, startTestIngest, type TestIngest } from "./fixtures/test-ingest.ts";

describe("our ingest", () => {
  let ingest: TestIngest;
  let host: RtmpClient;
  beforeAll(async () => {
    ingest = await startTestIngest();
    host = await publishAs(ingest.port, `demo?key=${KEY}`);
    host.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(1));
  });
  afterAll(async () => {
    host.end();
    await ingest.close();
  });

  async function expectHostUntouched(): Promise<void> {
    const heard = ingest.hosts[0]?.tags.length ?? 0;
    await eventually(() => expect(ingest.hosts[0]?.tags.length).toBeGreaterThan(heard));
    expect(ingest.hosts[0]?.reason).toBeNull();
  }

  it.each(MALFORMED)(
    "drops a client that sends $title, says so, and the host on the air goes on",
    async ({ bytes }) => {
      const attacker = await connectClient(ingest.port);
      attacker.write(bytes);
      await eventually(() => expect(attacker.isClosed()).toBe(true));
      const said = ingest.lines.find((line) => line.includes(attacker.remote) && line.includes('"warn"'));
      expect(said).toMatch(/"reason":"[^"]+"/);
      await expectHostUntouched();
    },
  );

  it.each(MALFORMED_BUT_SKIPPED)("skips $title, and hears what the client sends next", async ({ bytes }) => {
    const heardBefore = ingest.hosts.length;
    const client = await connectClient(ingest.port);
    client.write(bytes);
    client.sing();
    await eventually(() => expect(ingest.hosts).toHaveLength(heardBefore + 1));
    await expectHostUntouched();
    client.end();
    await eventually(() => expect(ingest.hosts.at(-1)?.reason).not.toBeNull());
  });
});

describe("the stock node-media-server", () => {
  it.concurrent.each([...MALFORMED, ...MALFORMED_BUT_SKIPPED])("dies of $title", async ({ bytes }) => {
    const stock = await startStock();
    try {
      const attacker = await connectClient(stock.rtmpPort);
      attacker.write(bytes);
      await expect(stock.exited).resolves.toMatch(/Error/);
    } finally {
      await stock.stop();
    }
  });
});
