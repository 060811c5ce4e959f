import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DesiredState, Heartbeat, Registration } from "../../contracts/fleet.ts";
import { createLog } from "../../kit/log.ts";
import { type Agent, startAgent } from "./agent.ts";
import { type ControlClient, ControlError } from "./control-client.ts";
import { createIncidentQueue } from "./incident-queue.ts";
import { BLANK_MEMORY, type NodeMemory } from "./node-memory.ts";

const silent = createLog({ write: () => {} });
const clock = { now: () => Date.now(), monotonic: () => Date.now() };
const INSTANCE = "3f0f8d5e-4c55-4a7e-9a53-1d2f4a5b6c7d";

function desiredState(generation: number, now = Date.now()): DesiredState {
  const station = {
    slug: "demo",
    name: "Demo",
    framesPerSegment: 150,
    renditions: ["aac-48k"],
    generation,
    roles: ["studio" as const, "slicer" as const],
    studio: { origin: "origin-1", url: "http://127.0.0.1:8801" },
    livePolicy: "auto" as const,
    liveAllowed: true,
    liveSilenceSeconds: 15,
    keys: [],
    feedSecret: "0123456789abcdef0123456789abcdef",
  };
  return { origin: "origin-1", now, stations: [station] };
}

let agent: Agent | undefined;
beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  await agent?.stop();
  vi.useRealTimers();
});

function node(
  client: Partial<ControlClient>,
  options: {
    memory?: NodeMemory;
    edgeNow?: () => number | null;
    broken?: () => boolean;
    published?: number;
    ladder?: { rung: string; detail: string };
  } = {},
) {
  const incidents = createIncidentQueue(clock, silent);
  const applied: DesiredState[] = [];
  const remembered: NodeMemory[] = [];
  agent = startAgent({
    registration: {
      id: "origin-1",
      instance: INSTANCE,
      url: "http://h:1",
      rtmpUrl: "rtmp://h:2",
      roles: ["studio", "slicer"],
      version: "0",
    },
    enrolToken: "rde_enrol",
    client: { register: unreachable, heartbeat: unreachable, ...client },
    memory: options.memory ?? BLANK_MEMORY,
    remember: async (memory) => {
      if (options.broken?.()) throw new Error("EROFS");
      remembered.push(memory);
    },
    incidents,
    report: () => [],
    ladder: () => options.ladder ?? { rung: "well", detail: "" },
    apply: (desired) => void applied.push(desired),
    newestGeneration: async () => options.published ?? null,
    askEdgeForTime: async () => {
      const serverNow = options.edgeNow?.() ?? null;
      return serverNow === null ? null : { sentAt: Date.now(), receivedAt: Date.now(), serverNow };
    },
    clock,
    log: silent,
  });
  return { incidents, applied, remembered };
}

const unreachable = async () => {
  throw new ControlError("unreachable", null, "away");
};
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * 60_000);

describe("A node", () => {
  it("enrols once, keeps its token, and then sends a heartbeat every two seconds", async () => {
    const register = vi.fn(async (_token: string, _registration: Registration) => ({
      token: "rdo_own",
      desired: desiredState(1),
    }));
    const heartbeat = vi.fn(async (_token: string, _origin: string, _heartbeat: Heartbeat) => ({
      desired: desiredState(1),
    }));
    const { remembered } = node({ register, heartbeat });
    await vi.advanceTimersByTimeAsync(6100);
    expect(register).toHaveBeenCalledTimes(1);
    expect(register.mock.calls[0]?.[0]).toBe("rde_enrol");
    expect(heartbeat).toHaveBeenCalledTimes(3);
    expect(heartbeat.mock.calls[0]?.slice(0, 2)).toEqual(["rdo_own", "origin-1"]);
    expect(remembered.at(-1)).toMatchObject({ token: "rdo_own", generations: { demo: 1 } });
  });

  it("tells control the newest generations it has worked under", async () => {
    const register = vi.fn(async () => ({ desired: desiredState(9) }));
    node({ register }, { memory: { token: "rdo_own", desired: null, generations: { demo: 8 } } });
    await vi.advanceTimersByTimeAsync(10);
    expect(register).toHaveBeenCalledWith(
      "rdo_own",
      expect.objectContaining({ generations: { demo: 8 }, instance: INSTANCE }),
    );
  });

  it("writes its memory only when it has learnt something", async () => {
    const { remembered } = node({
      register: async () => ({ token: "rdo_own", desired: desiredState(1) }),
      heartbeat: async () => ({ desired: desiredState(1) }),
    });
    await vi.advanceTimersByTimeAsync(100);
    const before = remembered.length;
    await minutes(1);
    expect(remembered.length).toBe(before);
  });

  it("does what control says though its disk takes nothing, and keeps it when the disk does again", async () => {
    let broken = true;
    let generation = 1;
    const { applied, remembered } = node(
      {
        register: async () => ({ token: "rdo_own", desired: desiredState(1) }),
        heartbeat: async () => ({ desired: desiredState(generation) }),
      },
      { broken: () => broken },
    );
    await vi.advanceTimersByTimeAsync(100);
    generation = 2;
    await vi.advanceTimersByTimeAsync(2100);
    expect(applied.map(({ stations }) => stations[0]?.generation)).toEqual([1, 2]);
    expect(remembered).toEqual([]);
    broken = false;
    await vi.advanceTimersByTimeAsync(2100);
    expect(remembered).toHaveLength(1);
    expect(remembered[0]).toMatchObject({ token: "rdo_own", generations: { demo: 2 } });
  });

  it("reports its incidents with the next heartbeat that control hears, each once", async () => {
    let away = false;
    const heard: string[] = [];
    const heartbeat = async (_token: string, _origin: string, beat: Heartbeat) => {
      if (away) return unreachable();
      heard.push(...beat.incidents.map((incident) => incident.message));
      return { desired: desiredState(1) };
    };
    const { incidents } = node({ register: async () => ({ token: "t", desired: desiredState(1) }), heartbeat });
    await vi.advanceTimersByTimeAsync(100);
    away = true;
    incidents.add("library-empty", "demo", "while away");
    await minutes(1);
    expect(heard).toEqual([]);
    away = false;
    await minutes(1);
    expect(heard).toEqual(["while away"]);
  });

  it("enrols anew when its token is no longer valid", async () => {
    const register = vi.fn(async (token: string) => {
      if (token === "rdo_old") throw new ControlError("refused", 401, "unknown token");
      return { token: "rdo_new", desired: desiredState(1) };
    });
    const { remembered } = node(
      { register, heartbeat: async () => ({ desired: desiredState(1) }) },
      { memory: { token: "rdo_old", desired: null, generations: {} } },
    );
    await vi.advanceTimersByTimeAsync(5000);
    expect(register.mock.calls.map(([token]) => token)).toEqual(["rdo_old", "rde_enrol"]);
    expect(remembered.at(-1)?.token).toBe("rdo_new");
  });

  it("goes on with what it was told last when it starts while control is away, as the next generation", async () => {
    const { applied, remembered } = node(
      {},
      { memory: { token: "t", desired: desiredState(4), generations: { demo: 4 } }, edgeNow: () => Date.now() },
    );
    await minutes(1);
    expect(applied).toHaveLength(1);
    expect(applied[0]?.stations[0]?.generation).toBe(5);
    expect(remembered.at(-1)?.generations).toEqual({ demo: 5 });
  });

  it("does not go on as the studio where another one has taken over meanwhile", async () => {
    const memory = { token: "t", desired: desiredState(4), generations: { demo: 4 } };
    const { applied } = node({}, { memory, edgeNow: () => Date.now(), published: 5 });
    await minutes(1);
    expect(applied).toHaveLength(1);
    expect(applied[0]?.stations[0]).toMatchObject({ generation: 5, studio: null });
  });

  it("begins nothing while its clock is wrong, and says so once", async () => {
    const wrong = () => ({ desired: desiredState(1, Date.now() - 300_000) });
    const heard: string[] = [];
    const heartbeat = async (_token: string, _origin: string, beat: Heartbeat) => {
      heard.push(...beat.incidents.map((incident) => incident.kind));
      return wrong();
    };
    const memory = { token: "t", desired: null, generations: {} };
    const { applied } = node({ register: async () => wrong(), heartbeat }, { memory });
    await minutes(1);
    expect(applied).toEqual([]);
    expect(heard).toEqual(["clock-off"]);
  });

  it("begins nothing while nobody can tell whether its clock is right", async () => {
    const { applied } = node(
      {},
      { memory: { token: "t", desired: desiredState(4), generations: {} }, edgeNow: () => null },
    );
    await minutes(1);
    expect(applied).toEqual([]);
  });

  it("says on which rung of its ladder it stands, and what it found there", async () => {
    const heartbeat = vi.fn(async (_token: string, _origin: string, _heartbeat: Heartbeat) => ({
      desired: desiredState(1),
    }));
    const register = async () => ({ token: "t", desired: desiredState(1) });
    const ladder = { rung: "restart", detail: "uploader of demo" };
    node({ register, heartbeat }, { ladder });
    await vi.advanceTimersByTimeAsync(2100);
    expect(heartbeat.mock.calls[0]?.[2]).toMatchObject({ rung: "restart", rungDetail: "uploader of demo" });
    ladder.rung = "well";
    ladder.detail = "";
    await vi.advanceTimersByTimeAsync(2000);
    expect(heartbeat.mock.calls[1]?.[2]).toMatchObject({ rung: "well" });
    expect(heartbeat.mock.calls[1]?.[2]).not.toHaveProperty("rungDetail");
  });

  it("does not wait for the next two seconds with what is urgent, even when a heartbeat is under way", async () => {
    let answer: () => void = () => {};
    const heartbeat = vi.fn(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { desired: desiredState(1) };
    });
    node({ register: async () => ({ token: "t", desired: desiredState(1) }), heartbeat });
    await vi.advanceTimersByTimeAsync(100);
    agent?.beatNow();
    await vi.advanceTimersByTimeAsync(10);
    expect(heartbeat).toHaveBeenCalledTimes(1);
    agent?.beatNow();
    answer();
    await vi.advanceTimersByTimeAsync(10);
    expect(heartbeat).toHaveBeenCalledTimes(2);
    answer();
  });
});

describe("A node that leaves", () => {
  const elsewhere = (): DesiredState => {
    const desired = desiredState(2);
    return {
      ...desired,
      stations: desired.stations.map((station) => ({
        ...station,
        roles: ["slicer"],
        studio: { origin: "origin-2", url: "http://127.0.0.1:8802" },
      })),
    };
  };
  const register = async () => ({ token: "t", desired: desiredState(1) });

  async function leaves(heartbeat: ControlClient["heartbeat"]) {
    const { applied } = node({ register, heartbeat });
    await vi.advanceTimersByTimeAsync(100);
    const begin = Date.now();
    let tookMs: number | null = null;
    void agent?.leave(3000).then(() => {
      tookMs = Date.now() - begin;
    });
    await vi.advanceTimersByTimeAsync(5000);
    return { applied, tookMs };
  }

  it("says so at once, and stays until its studio is elsewhere", async () => {
    const said: (boolean | undefined)[] = [];
    const { applied, tookMs } = await leaves(async (_token, _origin, { leaving }) => {
      said.push(leaving);
      return { desired: said.length < 3 ? desiredState(1) : elsewhere() };
    });
    expect(said.every((leaving) => leaving === true)).toBe(true);
    expect(tookMs).toBe(900);
    expect(applied.at(-1)?.stations[0]?.studio?.origin).toBe("origin-2");
  });

  it("waits no longer than it may where nobody takes over", async () => {
    const { tookMs } = await leaves(async () => ({ desired: desiredState(1) }));
    expect(tookMs).toBe(3000);
  });

  it("does not wait for control that is away", async () => {
    const { tookMs } = await leaves(unreachable);
    expect(tookMs).toBe(300);
  });
});
