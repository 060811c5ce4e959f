import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

type Reported = { children: { allTests(): Iterable<{ result(): { state: string } }> }; state(): string };

/** Ends the run with the one line that counts. A file that failed outside its tests counts as one failure. */
const CLOSING_LINE_REPORTER = {
  onTestRunEnd(modules: readonly Reported[], unhandledErrors: readonly unknown[]) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      const states = [...module.children.allTests()].map((test) => test.result().state);
      count.passed += states.filter((state) => state === "passed").length;
      const failed = states.filter((state) => state === "failed").length;
      count.failed += failed === 0 && module.state() === "failed" ? 1 : failed;
      count.skipped += states.filter((state) => state === "skipped" || state === "pending").length;
    }
    console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  },
};

/** What works in real time comes after all else, alone: it would take another's work for a fault of the radio. */
const ALONE = { maxWorkers: 1, sequence: { groupOrder: 1 } };
const PATIENT = { testTimeout: 180_000, hookTimeout: 150_000 };
const LISTENING = { ...ALONE, ...PATIENT };

/** A whole radio runs in these, but nobody listens for the least falter: they wait more than they work. */
const UNHURRIED = [
  ...["backup", "doctor", "library", "live-policy", "watching"].map((name) => `test/system/${name}.test.ts`),
  "test/browser/title-in-step.test.ts",
  "test/harness/stack-network.test.ts",
];

/** All of them, which take three quarters of an hour, are run by `npm run test:faults`. */
const FAULT_OF_EVERY_RUN = "test/faults/all-origins.test.ts";

export default defineConfig({
  test: {
    maxWorkers: 3,
    reporters: ["default", CLOSING_LINE_REPORTER],
    projects: [
      {
        test: {
          name: "contracts",
          environment: "node",
          include: ["contracts/**/*.test.ts", "kit/**/*.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "origin",
          environment: "node",
          include: ["origin/**/*.test.ts"],
          ...ALONE,
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
          include: ["dev/**/*.test.ts", "test/{bench,releases,soak}/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "harness",
          environment: "node",
          include: ["test/harness/**/*.test.ts"],
          exclude: UNHURRIED,
          ...ALONE,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "simulation",
          environment: "node",
          include: ["test/simulation/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "relays",
          environment: "node",
          include: ["test/relays/**/*.test.ts"],
          ...ALONE,
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "stack", environment: "node", include: UNHURRIED, ...PATIENT } },
      {
        test: {
          name: "system",
          environment: "node",
          include: ["test/system/**/*.test.ts", "test/browser/**/*.test.ts", FAULT_OF_EVERY_RUN],
          exclude: UNHURRIED,
          ...LISTENING,
        },
      },
      {
        test: {
          name: "faults",
          environment: "node",
          include: ["test/faults/**/*.test.ts"],
          ...LISTENING,
        },
      },
    ],
  },
});
