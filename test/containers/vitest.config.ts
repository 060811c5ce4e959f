import { defineConfig } from "vitest/config";

/** `npm run test:containers`: not part of `npm test`, for it needs podman or docker. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
