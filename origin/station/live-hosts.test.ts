import { describe, expect, it } from "vitest";
import { createLog } from "../../kit/log.ts";
import type { LiveFeed } from "../ingest/live-feed.ts";
import { createLiveHosts } from "./live-hosts.ts";

const silent = createLog({ write: () => {} });

function host(id: string) {
  let end: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const feed: LiveFeed = {
    id,
    station: "demo",
    key: { id: `key-${id}`, name: id },
    remote: "127.0.0.1:5",
    since: 0,
    onTag: () => () => {},
    ended,
    close: (reason) => end(reason),
  };
  return feed;
}

function programme() {
  const offered: string[] = [];
  const loans: LiveFeed[] = [];
  const offerLive = (feed: LiveFeed) => {
    offered.push(feed.id);
    loans.push(feed);
  };
  return { offered, loans, programme: { offerLive } };
}

function world() {
  const forwards: string[] = [];
  const hosts = createLiveHosts(silent, (feed, { studioUrl }) => {
    forwards.push(`${feed.id} -> ${studioUrl}`);
    return { stop: () => void forwards.push(`${feed.id} stops`) };
  });
  return { forwards, hosts };
}

const studio = (url: string) => ({ kind: "studio" as const, url, station: "demo", secret: "s" });

describe("A live host", () => {
  it("is heard in the programme that is made here", () => {
    const { hosts } = world();
    const here = programme();
    hosts.route({ kind: "here", programme: here.programme });
    hosts.add(host("anna"));
    expect(here.offered).toEqual(["anna"]);
  });

  it("who was there before the studio is offered once it is there", () => {
    const { hosts, forwards } = world();
    hosts.add(host("anna"));
    hosts.route(studio("http://two"));
    expect(forwards).toEqual(["anna -> http://two"]);
  });

  it("is handed on to the new studio when the studio moves, and notices nothing", async () => {
    const { hosts, forwards } = world();
    const here = programme();
    const anna = host("anna");
    hosts.add(anna);
    hosts.route(studio("http://two"));
    hosts.route(studio("http://two"));
    hosts.route(studio("http://three"));
    hosts.route({ kind: "here", programme: here.programme });
    expect(forwards).toEqual(["anna -> http://two", "anna stops", "anna -> http://three", "anna stops"]);
    expect(here.offered).toEqual(["anna"]);
    expect(await Promise.race([anna.ended, "still there"])).toBe("still there");
  });

  it("who has left is no longer handed on", async () => {
    const { hosts, forwards } = world();
    const anna = host("anna");
    hosts.add(anna);
    hosts.route(studio("http://two"));
    anna.close("left");
    await anna.ended;
    expect(hosts.newest()).toBeNull();
    hosts.route(studio("http://three"));
    expect(forwards).toEqual(["anna -> http://two", "anna stops"]);
  });

  it("is told to go when the station leaves this origin", async () => {
    const { hosts } = world();
    const anna = host("anna");
    hosts.add(anna);
    hosts.stop();
    expect(await anna.ended).toContain("no longer here");
  });

  it("stays when the programme here ends with all it has, and is handed on to the new studio", async () => {
    const { hosts, forwards } = world();
    const here = programme();
    const anna = host("anna");
    hosts.add(anna);
    hosts.route({ kind: "here", programme: here.programme });
    hosts.route({ kind: "nowhere" });
    expect(await here.loans[0]?.ended).toContain("elsewhere");
    here.loans[0]?.close("the programme has ended");
    hosts.route(studio("http://two"));
    expect(forwards).toEqual(["anna -> http://two"]);
    expect(await Promise.race([anna.ended, "still there"])).toBe("still there");
  });

  it("is closed by the programme for which another host has come", async () => {
    const { hosts } = world();
    const here = programme();
    hosts.route({ kind: "here", programme: here.programme });
    const anna = host("anna");
    hosts.add(anna);
    here.loans[0]?.close("another host has taken over");
    expect(await anna.ended).toBe("another host has taken over");
  });
});

describe("A host of another origin, handed on to the studio here", () => {
  function guest() {
    const bert = host("bert");
    let released = 0;
    const release = () => {
      released++;
      bert.close("the connection broke");
    };
    return { bert, release, released: () => released };
  }

  it("is let go when the studio moves, since its own origin hands it on to the new one", async () => {
    const { hosts, forwards } = world();
    const here = programme();
    const { bert, release, released } = guest();
    hosts.route({ kind: "here", programme: here.programme });
    hosts.add(bert, release);
    expect(here.offered).toEqual(["bert"]);
    hosts.route({ kind: "nowhere" });
    expect(released()).toBe(0);
    hosts.route(studio("http://two"));
    expect([released(), forwards]).toEqual([1, []]);
  });

  it("is let go, not ended, when this origin stops", async () => {
    const { hosts } = world();
    const { bert, release, released } = guest();
    hosts.add(bert, release);
    hosts.stop();
    expect(released()).toBe(1);
    expect(await bert.ended).toBe("the connection broke");
  });
});
