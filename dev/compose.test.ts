import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { readSettings } from "../origin/settings.ts";
import { dockerRun } from "./docker-run.ts";

const Service = z.looseObject({
  environment: z.record(z.string(), z.coerce.string()),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });

const file = readFileSync(join(import.meta.dirname, "../compose.yaml"), "utf8");
const { services, volumes } = Compose.parse(parse(file, { merge: true }));
const GIVEN = {
  CONTROL_URL: "https://control.example",
  EDGE_URL: "https://radio.example",
  PUBLIC_HOST: "192.0.2.7",
  ENROL_TOKEN: "rde_0123456789abcdef",
};
/** `${NAME:?}` is needed, `${NAME:-default}` is not. */
const filled = (text: string) =>
  text.replace(/\$\{(\w+):([?-])(\w*)\}/g, (_, name: string, how: string, or: string) => {
    const given = (GIVEN as Record<string, string>)[name];
    if (given === undefined && how === "?") throw new Error(`${name} is not given`);
    return given ?? or;
  });

describe.each(Object.entries(services))("compose.yaml's %s", (name, service) => {
  const settings = readSettings(
    Object.fromEntries(Object.entries(service.environment).map(([key, value]) => [key, filled(value)])),
  );

  it("is an origin of that name, on ports of its own that others are told of", () => {
    expect(settings).toMatchObject({ originId: name, metricsToken: null, logLevel: "info" });
    expect(service.ports).toEqual([settings.rtmpPort, settings.httpPort].map((port) => `${port}:${port}`));
    expect(settings.publicUrl).toBe(`http://192.0.2.7:${settings.httpPort}`);
    expect(settings.rtmpUrl).toBe(`rtmp://192.0.2.7:${settings.rtmpPort}`);
  });

  it("keeps its data in a volume of its own", () => {
    expect(service.volumes).toEqual([`${name}:/data`]);
    expect(volumes).toHaveProperty(name);
  });

  it("is limited, and given the time to drain, as by docker run", () => {
    const line = dockerRun({ image: "radio-dream-origin", name, environment: {}, network: [] });
    const told = (option: string) => line[line.indexOf(option) + 1];
    expect(service).toMatchObject({
      image: line.at(-1),
      restart: told("--restart"),
      stop_grace_period: `${told("--stop-timeout")}s`,
      mem_limit: told("--memory"),
      cpus: Number(told("--cpus")),
      read_only: line.includes("--read-only"),
      cap_drop: [told("--cap-drop")?.toUpperCase()],
    });
  });
});

it("is a fleet of three with no port twice", () => {
  const ports = Object.values(services).flatMap((service) => service.ports);
  expect([Object.keys(services).length, new Set(ports).size]).toEqual([3, 6]);
});
