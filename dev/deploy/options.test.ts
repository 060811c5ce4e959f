import { describe, expect, it } from "vitest";
import { readOptions } from "./options.ts";

const LEAST = { CLOUDFLARE_API_TOKEN: "the-token-of-the-api", CLOUDFLARE_ACCOUNT_ID: "0".repeat(32) };

describe("The options of npm run deploy", () => {
  it("mean staging, workers.dev and the station demo when nothing is said", () => {
    expect(readOptions([], LEAST)).toMatchObject({
      environment: "staging",
      station: { slug: "demo", name: "demo" },
      domain: null,
      controlDomain: null,
      access: null,
      newTokens: false,
      rollback: false,
      cloudflare: { api: "https://api.cloudflare.com/client/v4", account: LEAST.CLOUDFLARE_ACCOUNT_ID },
    });
  });

  it("give control a name below the edge's, unless it has one of its own", () => {
    const args = ["--domain", "radio.example.com"];
    expect(readOptions(args, LEAST).controlDomain).toBe("control.radio.example.com");
    expect(readOptions([...args, "--control-domain", "desk.example.com"], LEAST).controlDomain).toBe(
      "desk.example.com",
    );
  });

  it("keep tokens in STATE_DIR, wherever that is", () => {
    const { secretsFolder } = readOptions([], { ...LEAST, STATE_DIR: "/srv/radio" });
    expect(secretsFolder).toBe("/srv/radio/deploy/staging-00000000");
  });

  it("keep the tokens of each environment and account apart", () => {
    const folders = [
      readOptions([], LEAST),
      readOptions(["--environment", "production"], LEAST),
      readOptions([], { ...LEAST, CLOUDFLARE_ACCOUNT_ID: "1".repeat(32) }),
    ].map(({ secretsFolder }) => secretsFolder);
    expect(new Set(folders).size).toBe(3);
  });

  it.each([
    [["--environment", "test"], "environment"],
    [["--station", "No Slug"], "station"],
    [["--domain", "https://radio.example.com"], "domain"],
    [["--location", "mars"], "location"],
    [["--access-team", "https://team.cloudflareaccess.com"], "go together"],
    [["--domain", "radio.example.com", "--control-domain", "radio.example.com"], "domains of their own"],
    [["--no-such-thing"], "--no-such-thing"],
  ])("%j are refused by name", (args, name) => {
    expect(() => readOptions(args, LEAST)).toThrow(name);
  });

  it("without the account's id or token say which is missing, and never the other", () => {
    const { CLOUDFLARE_ACCOUNT_ID: _, ...noAccount } = LEAST;
    expect(() => readOptions([], noAccount)).toThrow(/^(?!.*the-token).*CLOUDFLARE_ACCOUNT_ID/s);
    expect(() => readOptions([], { ...LEAST, CLOUDFLARE_API_TOKEN: "" })).toThrow("CLOUDFLARE_API_TOKEN");
  });
});
