import type { Node } from "../health/provisioner.ts";
import { readProvisionerSettings } from "./settings.ts";

export const NODE: Node = {
  id: "origin-2",
  url: "https://origin-2.example",
  rtmpUrl: "rtmp://origin-2.example:1935",
  roles: ["studio", "slicer"],
  version: "1",
  image: null,
};

export const ENROL_TOKEN = "rde_of-the-new-node";

export const TEMPLATE = {
  image: "radio-dream/origin:1",
  env: { CONTROL_URL: "https://control.example", EDGE_URL: "https://edge.example", ENROL_TOKEN },
  memoryMb: 128,
  cpus: 1,
  server: { type: "cx23", location: "fsn1", sshKeys: ["ops"] },
};

/** Settings of a driver, its template changed by `parts`. */
export function settingsOf(driver: string, parts: object = {}) {
  return readProvisionerSettings({
    PROVISIONER: driver,
    PROVISIONER_URL: `http://${driver}.example/`,
    PROVISIONER_TOKEN: "token-of-the-far-side",
    PROVISIONER_SECRET: "secret-of-the-webhook",
    PROVISIONER_NODES: JSON.stringify({ ...TEMPLATE, ...parts }),
  });
}
