import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const CI_LINE_REPORTER = {
  onTestRunEnd(modules: readonly { children: { allTests(): Iterable<{ result(): { state: string } }> } }[]) {
    const count: Record<string, number> = {};
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        count[state] = (count[state] ?? 0) + 1;
      }
    }
    console.log(
      `\n${count.passed ?? 0} passed, ${count.failed ?? 0} failed, ${(count.skipped ?? 0) + (count.pending ?? 0)} skipped`,
    );
  },
};

export default defineConfig({
  test: {
    reporters: ["default", CI_LINE_REPORTER],
    projects: [
      { test: { name: "contracts", environment: "node", include: ["contracts/**/*.test.ts", "kit/**/*.test.ts"] } },
      {
        test: {
          name: "origin",
          environment: "node",
          include: ["origin/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml" }, miniflare: { cf: false } })],
        test: {
          name: "worker",
          include: ["worker/**/*.test.ts"],
          exclude: ["worker/pages/client/**"],
          testTimeout: 30_000,
        },
      },
      { test: { name: "client", environment: "node", include: ["worker/pages/client/**/*.test.ts"] } },
      {
        plugins: [
          cloudflareTest(async () => ({
            wrangler: { configPath: "./control/wrangler.toml" },
            miniflare: {
              cf: false,
              bindings: {
                ADMIN_TOKEN: "test-admin-token-0123456789abcdef",
                TEST_MIGRATIONS: await readD1Migrations("./migrations"),
              },
            },
          })),
        ],
        test: {
          name: "control",
          include: ["control/**/*.test.ts"],
          setupFiles: ["./control/db/test-setup.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "dev",
          environment: "node",
          include: ["dev/**/*.test.ts", "test/harness/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "system",
          environment: "node",
          include: ["test/system/**/*.test.ts", "test/faults/**/*.test.ts", "test/browser/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
