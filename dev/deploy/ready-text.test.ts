import { expect, it } from "vitest";
import { readyText } from "./ready-text.ts";

const OPTIONS = { image: "registry.example/origin", station: { slug: "demo", name: "Demo" } };
const DEPLOYED = {
  edgeUrl: "https://radio.example.com",
  controlUrl: "https://control.radio.example.com",
  enrolToken: "rde_token",
  changes: 3,
};

it("The end of a deployment says where to listen, and by which line an origin joins", () => {
  const text = readyText(OPTIONS, DEPLOYED);
  expect(text).toContain("3 of these steps");
  expect(text).toContain("https://radio.example.com/demo/live.m3u8");
  const line = text.split("\n").find((one) => one.includes("docker run"));
  expect(line).toContain("CONTROL_URL=https://control.radio.example.com");
  expect(line).toContain("EDGE_URL=https://radio.example.com");
  expect(line).toContain("ENROL_TOKEN=rde_token");
  expect(line?.endsWith(" registry.example/origin")).toBe(true);
});

it("The end of a deployment says so when nobody here knows the enrolment token", () => {
  const text = readyText(OPTIONS, { ...DEPLOYED, enrolToken: null, changes: 0 });
  expect(text).toContain("Nothing had to be changed.");
  expect(text).toContain("--new-tokens makes another");
});
