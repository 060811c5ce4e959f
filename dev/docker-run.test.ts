import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { dockerRun, dockerRunLine, type OriginContainer } from "./docker-run.ts";

const CONTAINER: OriginContainer = {
  image: "radio-dream-origin",
  name: "origin-1",
  environment: { ORIGIN_ID: "origin-1", PUBLIC_URL: "http://192.0.2.7:8801" },
  network: [1935, 8801],
};

it("says in one line all that a node is to have: its limits, its volume, its ports, its settings", () => {
  expect(dockerRunLine(CONTAINER)).toBe(
    "docker run --detach --name origin-1 --restart always --stop-timeout 25 --memory 128m --cpus 1 --read-only " +
      "--cap-drop all --volume origin-1:/data --publish 1935:1935 --publish 8801:8801 --env ORIGIN_ID=origin-1 " +
      "--env PUBLIC_URL=http://192.0.2.7:8801 radio-dream-origin",
  );
});

it("reads in a shell as what is meant, whatever a folder is called", () => {
  const container: OriginContainer = { ...CONTAINER, network: "host", readable: { "/it's $HOME music": "/library" } };
  const heard = execFileSync("sh", ["-c", `docker() { printf '%s\\n' "$@"; }; ${dockerRunLine(container)}`]);
  expect(heard.toString().trimEnd().split("\n")).toEqual(dockerRun(container));
});
