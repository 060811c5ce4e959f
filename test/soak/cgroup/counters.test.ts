import { expect, test } from "vitest";
import { countersOf, countersOfVersion1, countersOfVersion2 } from "./counters.ts";
import { parseGroups } from "./folders.ts";

test("the counters of version 1 are read, those of the children with them", () => {
  expect(
    countersOfVersion1({
      memory: "cache 1\nrss 2\ntotal_cache 300\ntotal_rss 400\ntotal_rss_huge 7\ntotal_pgmajfault 9\n",
      failures: "12\n",
      oom: "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n",
      cpu: "nr_periods 50\nnr_throttled 4\nthrottled_time 2500000000\n",
      usage: "1500000000\n",
    }),
  ).toEqual({
    anonymous: 400,
    cache: 300,
    limitHits: 12,
    oomKills: 3,
    majorFaults: 9,
    cpuSeconds: 1.5,
    throttledPeriods: 4,
    throttledSeconds: 2.5,
  });
});

test("the counters of version 2 are read; without a limit of the processor there is no throttling", () => {
  expect(
    countersOfVersion2({
      memory: "anon 400\nfile 300\nanon_thp 5\npgmajfault 9\n",
      events: "low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\n",
      cpu: "usage_usec 1500000\nuser_usec 1\nsystem_usec 1\n",
    }),
  ).toEqual({
    anonymous: 400,
    cache: 300,
    limitHits: 12,
    oomKills: 3,
    majorFaults: 9,
    cpuSeconds: 1.5,
    throttledPeriods: 0,
    throttledSeconds: 0,
  });
});

test("the groups of a process are found by each controller", () => {
  const groups = parseGroups("9:memory:/a\n4:cpu,cpuacct:/b:c\n1:name=systemd:/\n0::/d\n");
  expect(groups.get("memory")).toBe("/a");
  expect(groups.get("cpuacct")).toBe("/b:c");
  expect(groups.get("")).toBe("/d");
});

test("the group of this very process has memory that no file backs", async () => {
  const { anonymous, cpuSeconds } = await countersOf(process.pid);
  expect(anonymous).toBeGreaterThan(1 << 20);
  expect(cpuSeconds).toBeGreaterThan(0);
});
