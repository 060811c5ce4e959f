import { exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ADMIN } from "./test-client.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const lines: { message: string; trace?: string; level: string }[] = [];

beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)));
});
afterEach(() => vi.restoreAllMocks());

async function ask(method: string, path: string, traceparent?: string) {
  const headers = { Authorization: `Bearer ${ADMIN}`, ...(traceparent === undefined ? {} : { traceparent }) };
  const response = await exports.default.fetch(`https://control.example/api/v1/${path}`, { method, headers });
  const { error } = (await response.json()) as { error?: { trace: string } };
  return { error, answered: response.headers.get("traceresponse") ?? "" };
}

const answeredLines = () => lines.filter(({ message }) => message === "answered");

it("a call of an admin goes on with his trace: in the answer, its body and every line of the log", async () => {
  const { error, answered } = await ask("DELETE", "stations/none", `00-${TRACE}-00f067aa0ba902b7-01`);
  expect(error?.trace).toBe(TRACE);
  expect(answered).toMatch(new RegExp(`^00-${TRACE}-(?!00f067aa0ba902b7)`));
  expect(answeredLines()).toMatchObject([{ level: "info", trace: TRACE, method: "DELETE", status: 404 }]);
});

it("a call without a trace is given one", async () => {
  const { error, answered } = await ask("GET", "stations/none", "nonsense");
  expect(error?.trace).toMatch(/^[0-9a-f]{32}$/);
  expect(answered).toContain(error?.trace);
  expect(answeredLines()).toMatchObject([{ trace: error?.trace, path: "/api/v1/stations/none" }]);
});

it("what works and changes nothing is logged in detail alone", async () => {
  await ask("GET", "stations");
  expect(answeredLines()).toEqual([]);
});
