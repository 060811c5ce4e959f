import { describe, expect, it } from "vitest";
import { createDocker } from "./docker.ts";
import { negotiateVersion } from "./docker-plan.ts";
import { makeEngine, type TestEngine } from "./test-docker-engine.ts";
import { NODE, settingsOf, TEMPLATE } from "./test-node.ts";

function docker(engine: TestEngine, parts: object = {}) {
  const settings = settingsOf("docker", parts);
  if (settings.driver !== "docker") throw new Error("it is docker that is tested");
  return createDocker(settings, engine.fetch);
}

const NAME = "radio-dream-origin-2";

describe("a node in Docker", () => {
  it("is made where there was none, with its image, environment, volume and limits, and comes back by itself", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    expect(await docker(engine).recreate(NODE)).toMatchObject({ outcome: "accepted" });
    expect(engine.requests).toEqual([
      "GET /_ping",
      `GET /v1.47/images/${TEMPLATE.image}/json`,
      `POST /v1.47/containers/${NAME}/kill`,
      `DELETE /v1.47/containers/${NAME}?force=true`,
      `POST /v1.47/containers/create?name=${NAME}`,
      `POST /v1.47/containers/${NAME}/start`,
    ]);
    expect(engine.containers.get(NAME)).toMatchObject({
      running: true,
      Image: TEMPLATE.image,
      Labels: { "radio-dream.origin": "origin-2" },
      StopTimeout: 25,
      HostConfig: {
        Binds: [`${NAME}:/data`],
        NetworkMode: "host",
        RestartPolicy: { Name: "always" },
        ReadonlyRootfs: true,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        Memory: 134_217_728,
        NanoCpus: 1_000_000_000,
      },
    });
    expect(engine.containers.get(NAME)?.Env.toSorted()).toEqual([
      "CONTROL_URL=https://control.example",
      "DATA_DIR=/data",
      "EDGE_URL=https://edge.example",
      "ENROL_TOKEN=rde_of-the-new-node",
      "ORIGIN_ID=origin-2",
      "PUBLIC_URL=https://origin-2.example",
      "RTMP_URL=rtmp://origin-2.example:1935",
    ]);
  });

  it("is made anew in the place of the one that was there, which keeps its data", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    await docker(engine).recreate(NODE);
    const before = engine.containers.get(NAME);
    expect(await docker(engine).recreate(NODE)).toMatchObject({ outcome: "accepted" });
    expect(engine.containers.get(NAME)).not.toBe(before);
    expect([...engine.volumes]).toEqual([NAME]);
    expect(engine.requests.join()).not.toContain("volumes");
  });

  it("starts without its old data where that is set", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    await docker(engine, { keepVolume: false }).recreate(NODE);
    expect(engine.requests[4]).toBe(`DELETE /v1.47/volumes/${NAME}?force=true`);
  });

  it("may have an engine, an environment and ports of its own, but no other name", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    const own = {
      engine: "http://other.example:2375",
      env: { PUBLIC_URL: "https://own.example", ORIGIN_ID: "another" },
    };
    const urls: string[] = [];
    const watched = {
      ...engine,
      fetch: (request: Request) => {
        urls.push(new URL(request.url).host);
        return engine.fetch(request);
      },
    };
    const parts = { nodes: { "origin-2": own }, network: "radio", ports: { "8801/tcp": 18_801 } };
    await docker(watched, parts).recreate(NODE);
    expect(new Set(urls)).toEqual(new Set(["other.example:2375"]));
    const container = engine.containers.get(NAME);
    expect(container?.Env).toEqual(expect.arrayContaining(["PUBLIC_URL=https://own.example", "ORIGIN_ID=origin-2"]));
    expect(container?.HostConfig).toMatchObject({ PortBindings: { "8801/tcp": [{ HostPort: "18801" }] } });
  });

  it.each([
    ["1.52", "v1.47"],
    ["1.47", "v1.47"],
    ["1.41", "v1.41"],
    ["1.24", null],
    ["2.0", null],
    ["one", null],
    [null, null],
  ])("speaks with an engine that offers %s: %s", (offered, version) => {
    expect(negotiateVersion(offered)).toBe(version);
  });

  it("speaks the version of an older engine, such as Podman's", async () => {
    const engine = makeEngine("1.41", [TEMPLATE.image]);
    expect(await docker(engine).recreate(NODE)).toMatchObject({ outcome: "accepted" });
    expect(engine.requests[1]).toContain("/v1.41/");
  });

  it.each<[string, TestEngine["next"], object]>([
    [
      "is busy removing it",
      () => Response.json({ message: "removal is in progress" }, { status: 409 }),
      { retry: true },
    ],
    ["fails", () => Response.json({ message: "no space left on device" }, { status: 500 }), { retry: true }],
    ["refuses", () => new Response("no", { status: 403 }), { retry: false, reason: "asking the engine: answered 403" }],
  ])("is tried again or not, by what the engine says: it %s", async (_what, next, expected) => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    engine.next = next;
    expect(await docker(engine).recreate(NODE)).toMatchObject({ outcome: "failed", ...expected });
    expect(engine.containers.size).toBe(0);
  });

  it("is not tried again when the engine has no such image, and the reason says so", async () => {
    const engine = makeEngine("1.47", []);
    expect(await docker(engine).recreate(NODE)).toEqual({
      outcome: "failed",
      retry: false,
      reason: `finding image ${TEMPLATE.image}: answered 404, No such image: ${TEMPLATE.image}`,
    });
  });

  it("is made of the image that is named for it; what is there stays while the engine has no such image", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image, "radio-dream/origin:2"]);
    const made = () => engine.containers.get(NAME)?.Image;
    await docker(engine).recreate({ ...NODE, image: "radio-dream/origin:2" });
    expect(made()).toBe("radio-dream/origin:2");
    const answer = await docker(engine).recreate({ ...NODE, image: "radio-dream/origin:3" });
    expect(answer).toMatchObject({ outcome: "failed", retry: false });
    expect([made(), engine.containers.get(NAME)?.running]).toEqual(["radio-dream/origin:2", true]);
  });

  it("shows the engine its token", async () => {
    const engine = makeEngine("1.47", [TEMPLATE.image]);
    await docker(engine).recreate(NODE);
    expect(engine.headers.map((headers) => headers.get("authorization"))).toEqual(
      Array(6).fill("Bearer token-of-the-far-side"),
    );
  });
});
