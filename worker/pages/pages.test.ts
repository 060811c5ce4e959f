import { describe, expect, it } from "vitest";
import { EMBED_HEADERS, PAGE_HEADERS, renderNotFoundPage, renderPlayerPage, renderStationsPage } from "./pages.ts";

const DEMO = { slug: "demo", name: "Demo Radio" };
const HOSTILE = { slug: "demo", name: `<script>alert("1")</script>'&` };

const pages: [string, string][] = [
  ["the list of stations", renderStationsPage([DEMO])],
  ["the empty list of stations", renderStationsPage([])],
  ["the player", renderPlayerPage(DEMO, { embed: false })],
  ["the embedded player", renderPlayerPage(DEMO, { embed: true })],
  ["the page for an unknown address", renderNotFoundPage()],
];

describe.each(pages)("%s", (_, page) => {
  it("is a complete document with language, title and viewport", () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toMatch(/<title>[^<]+<\/title>/);
    expect(page).toContain('name="viewport"');
    expect(page).toContain("<h1");
  });

  it("names no other site", () => {
    const addresses = [...page.matchAll(/(?:src|href|action)="([^"]*)"/g)].map((match) => match[1]);
    expect(addresses.length).toBeGreaterThan(1);
    for (const address of addresses) expect(address).toMatch(/^\/(?!\/)/);
    expect(page).not.toMatch(/https?:/);
  });

  it("has no inline script, style or handler, which its policy would block", () => {
    expect(page).not.toMatch(/<script(?![^>]* src=)/);
    expect(page).not.toMatch(/<style|\sstyle=|\son[a-z]+=/);
  });
});

describe("names that listeners and operators chose", () => {
  it.each([
    ["the list", renderStationsPage([HOSTILE])],
    ["the player", renderPlayerPage(HOSTILE, { embed: false })],
    ["the embedded player", renderPlayerPage(HOSTILE, { embed: true })],
  ])("are escaped on %s", (_, page) => {
    expect(page).not.toContain("<script>alert");
    expect(page).not.toContain(`("1")`);
    expect(page).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;");
  });
});

describe("the player page", () => {
  it("offers the stream to a browser without JavaScript", () => {
    const noscript = /<noscript>([\s\S]*)<\/noscript>/.exec(renderPlayerPage(DEMO, { embed: false }))?.[1];
    expect(noscript).toContain('<audio controls preload="none" src="/demo/live.m3u8">');
    expect(noscript).toContain('<a href="/demo/live.m3u8">');
  });

  it("loads one script and one stylesheet", () => {
    const page = renderPlayerPage(DEMO, { embed: false });
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/assets/player.js">']);
    expect(page.match(/<link rel="stylesheet"[^>]*>/g)).toEqual(['<link rel="stylesheet" href="/assets/player.css">']);
  });

  it("shows no lists when embedded", () => {
    expect(renderPlayerPage(DEMO, { embed: false })).toContain("data-history");
    expect(renderPlayerPage(DEMO, { embed: true })).not.toContain("data-history");
  });
});

describe("the list of stations", () => {
  it("leads to each station's player", () => {
    const page = renderStationsPage([DEMO, { slug: "night", name: "Night Radio" }]);
    expect(page).toMatch(/<a class="card" href="\/demo">[\s\S]*Demo Radio/);
    expect(page).toMatch(/<a class="card" href="\/night">[\s\S]*Night Radio/);
  });

  it("says so when nothing is on air", () => {
    expect(renderStationsPage([])).toContain("No station is on air yet");
  });
});

describe("headers", () => {
  it("allow our own files only, and sound from Media Source Extensions", () => {
    const policy = PAGE_HEADERS["content-security-policy"]?.split("; ");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("media-src 'self' blob:");
    expect(policy?.join()).not.toMatch(/unsafe|\*|https?:/);
  });

  it("let our own pages frame a page, and anyone frame the embedded player", () => {
    expect(PAGE_HEADERS["content-security-policy"]).toContain("frame-ancestors 'self'");
    expect(EMBED_HEADERS["content-security-policy"]).toContain("frame-ancestors *");
  });

  it("forbid guessing types and leaking paths to other sites", () => {
    for (const headers of [PAGE_HEADERS, EMBED_HEADERS]) {
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("strict-origin-when-cross-origin");
    }
  });
});
