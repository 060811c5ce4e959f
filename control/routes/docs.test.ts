import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { createApp } from "./app.ts";
import initScript from "./docs-page/init.js?raw";
import { call } from "./test-client.ts";

type Operation = {
  operationId?: string;
  summary?: string;
  security?: object[];
  parameters?: {
    name: string;
    in: string;
    required?: boolean;
    description?: string;
    schema?: { description?: string };
  }[];
  responses: Record<string, { description: string }>;
};

const METHODS = ["get", "post", "put", "patch", "delete"];

async function readDocument() {
  const { status, body } = await call("GET", "openapi.json", undefined, null);
  expect(status).toBe(200);
  return body;
}

async function operations(): Promise<[string, Operation][]> {
  const { paths } = await readDocument();
  return Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

describe("the OpenAPI document", () => {
  it("says what each filter of incidents, and forcing an eviction, does", async () => {
    const all = new Map(await operations());
    const described = (name: string) =>
      (all.get(name)?.parameters ?? [])
        .filter(({ description, schema }) => (description ?? schema?.description ?? "") !== "")
        .map((parameter) => parameter.name);
    const filters = ["station", "origin", "kind", "since", "order"];
    expect(described("GET /api/v1/incidents")).toEqual(expect.arrayContaining(filters));
    expect(described("POST /api/v1/origins/{id}/evict")).toContain("force");
    expect(all.get("POST /api/v1/origins/{id}/drain")?.parameters?.map(({ name }) => name)).toEqual(["id"]);
  });

  it("lists every route of the API", async () => {
    const served = createApp()
      .routes.filter(
        ({ method, path }) =>
          METHODS.includes(method.toLowerCase()) && !path.includes("docs") && !path.endsWith("openapi.json"),
      )
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const listed = (await operations()).map(([name]) => name);
    expect([...new Set(served)].toSorted()).toEqual(listed.toSorted());
    expect(listed).toEqual(
      expect.arrayContaining([
        "GET /healthz",
        "GET /api/v1/stations",
        "POST /api/v1/stations",
        "GET /api/v1/stations/{slug}",
        "PATCH /api/v1/stations/{slug}",
        "DELETE /api/v1/stations/{slug}",
        "POST /api/v1/stations/{slug}/live/start",
        "POST /api/v1/stations/{slug}/live/stop",
        "GET /api/v1/stations/{slug}/keys",
        "POST /api/v1/stations/{slug}/keys",
        "DELETE /api/v1/stations/{slug}/keys/{id}",
        "GET /api/v1/origins",
        "GET /api/v1/origins/{id}",
        "PATCH /api/v1/origins/{id}",
        "POST /api/v1/origins/{id}/evict",
        "POST /api/v1/origins/{id}/drain",
        "POST /api/v1/origins/{id}/readmit",
        "POST /api/v1/origins/register",
        "POST /api/v1/origins/{id}/heartbeat",
        "GET /api/v1/routing",
        "GET /api/v1/incidents",
        "GET /api/v1/policy",
        "PATCH /api/v1/policy",
        "GET /api/v1/tokens",
        "POST /api/v1/tokens",
        "DELETE /api/v1/tokens/{id}",
      ]),
    );
  });

  it("is of version 3.1 and whole: names are unique, parameters declared, references lead somewhere", async () => {
    const document = await readDocument();
    expect(document).toMatchObject({
      openapi: "3.1.0",
      info: { title: expect.any(String), version: expect.any(String) },
    });
    const all = await operations();
    expect(new Set(all.map(([, { operationId }]) => operationId)).size).toBe(all.length);
    for (const [name, operation] of all) {
      expect(operation.summary, name).toBeTruthy();
      const declared = (operation.parameters ?? []).filter(
        (parameter) => parameter.in === "path" && parameter.required,
      );
      expect(
        declared.map((parameter) => `{${parameter.name}}`),
        name,
      ).toEqual(name.match(/\{\w+\}/g) ?? []);
      for (const [status, { description }] of Object.entries(operation.responses)) {
        expect([Number(status) >= 200 && Number(status) < 600, description.length > 0], name).toEqual([true, true]);
      }
      for (const scheme of operation.security?.flatMap((requirement) => Object.keys(requirement)) ?? []) {
        expect(document.components.securitySchemes).toHaveProperty(scheme);
      }
    }
    for (const [, pointer] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const target = pointer?.split("/").reduce((node, key) => node?.[key], document);
      expect(target, pointer).toBeDefined();
    }
  });

  it("says of every route but the open ones that it needs a token", async () => {
    const open = (await operations()).filter(([, { security }]) => !security?.length).map(([name]) => name);
    expect(open).toEqual(["GET /healthz"]);
  });
});

describe("the documentation page", () => {
  it("asks nobody but this Worker for anything", async () => {
    const { status, headers, body } = await call("GET", "docs", undefined, null);
    expect(status).toBe(200);
    const policy = headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    for (const text of [policy, body, initScript]) {
      expect(text).not.toMatch(/https?:|\/\/[a-z]/);
      expect(text).not.toContain("unsafe-eval");
    }
    const sources = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source);
    expect(sources).toEqual([
      "data:,",
      "/docs/swagger-ui.css",
      "/api/v1/openapi.json",
      "/docs/swagger-ui-bundle.js",
      "/docs/init.js",
    ]);
    expect(initScript).toContain("validatorUrl: null");
  });

  it("gets its scripts and styles out of the static assets, and nothing else from there", async () => {
    const asked = vi.spyOn(env.ASSETS, "fetch").mockImplementation(async () => new Response("an asset"));
    expect((await call("GET", "/docs/init.js", undefined, null)).body).toBe("an asset");
    for (const path of ["/docs/..%2fsecret.js", "/docs/index.html", "/init.js"]) {
      expect((await call("GET", path, undefined, null)).status).toBe(404);
    }
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
  });
});

describe("a path that there is not", () => {
  it("is answered in the form of all failures", async () => {
    expect(await call("GET", "/nothing", undefined, null)).toMatchObject({
      status: 404,
      body: { error: { code: "not_found" } },
    });
  });
});
