import { runDurableObjectAlarm } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import { type DesiredState, type Heartbeat, RegistrationAnswer } from "../../contracts/fleet.ts";
import { monitorOf } from "../health/monitor.ts";

/** Speaks to the whole Worker as the world does. */

export const ADMIN = env.ADMIN_TOKEN ?? "";

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape and says itself what it expects there.
export type Answer = { status: number; headers: Headers; body: any };

export async function call(
  method: string,
  path: string,
  body?: unknown,
  token: string | null = ADMIN,
): Promise<Answer> {
  const response = await exports.default.fetch(
    `https://control.example${path.startsWith("/") ? path : `/api/v1/${path}`}`,
    {
      method,
      headers: {
        ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    },
  );
  const text = await response.text();
  const isJson = response.headers.get("Content-Type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

export const createStation = (slug: string, parts: object = {}) =>
  call("POST", "stations", { slug, name: slug, ...parts });

export async function makeEnrolmentToken(): Promise<string> {
  const { status, body } = await call("POST", "tokens", { kind: "enrolment", name: "for tests" });
  expect(status).toBe(201);
  return body.token;
}

export function registrationOf(id: string, parts: object = {}) {
  return {
    id,
    instance: crypto.randomUUID(),
    url: `http://${id}.example:8801`,
    rtmpUrl: `rtmp://${id}.example:1935`,
    roles: ["studio", "slicer"],
    version: "test",
    generations: {},
    ...parts,
  };
}

export type TestOrigin = {
  id: string;
  instance: string;
  token: string;
  desired: DesiredState;
  beat(parts?: Partial<Heartbeat>): Promise<Answer>;
};

/** Enrols a node, admits it as if it had proved itself, and lets it send heartbeats. */
export async function enrol(id: string, enrolmentToken: string, parts: object = {}): Promise<TestOrigin> {
  const origin = await enrolOnTrial(id, enrolmentToken, parts);
  await env.DB.prepare("update origins set state = 'active' where id = ? and state = 'trial'").bind(id).run();
  await monitorOf(env).refresh();
  return origin;
}

export async function enrolOnTrial(id: string, enrolmentToken: string, parts: object = {}): Promise<TestOrigin> {
  const registration = registrationOf(id, parts);
  const answer = await call("POST", "origins/register", registration, enrolmentToken);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { token, desired } = RegistrationAnswer.parse(answer.body);
  const { instance } = registration;
  return {
    id,
    instance,
    token: token ?? "",
    desired,
    beat: (said = {}) => call("POST", `origins/${id}/heartbeat`, heartbeatOf(instance, said), token),
  };
}

export function heartbeatOf(instance: string, parts: Partial<Heartbeat> = {}): Heartbeat {
  return { instance, now: Date.now(), rung: "well", stations: [], incidents: [], ...parts };
}

/** Lets the alarm go off now. */
export const sweep = () => runDurableObjectAlarm(monitorOf(env));
