import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MEMORY_ENVIRONMENT, NODE_FLAGS } from "./runtime.ts";

const dockerfile = readFileSync(join(import.meta.dirname, "Dockerfile"), "utf8");

test("the image runs the node with the flags that keep it small", () => {
  const [, entry = ""] = /^ENTRYPOINT (.+)$/m.exec(dockerfile) ?? [];
  expect(JSON.parse(entry)).toEqual(["node", ...NODE_FLAGS, "/app/main.mjs"]);
});

test("the image sets up the allocator that keeps the node small", () => {
  const set = [...dockerfile.matchAll(/\b(MALLOC_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
  expect(Object.fromEntries(set)).toEqual(MEMORY_ENVIRONMENT);
});
