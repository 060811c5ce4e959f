import { defineConfig } from "vitest/config";

/** `npm run test:image`: not part of `npm test`, for it needs podman or docker, and builds for minutes. */
export default defineConfig({ test: { root: import.meta.dirname, environment: "node", bail: 1 } });
