import { get } from "node:http";

/** What the image's HEALTHCHECK runs: ends with 0 when the origin of this container does its work, else with 1. */

const WITHIN_MS = 8000;
const { HOST = "127.0.0.1", HTTP_PORT = "8801" } = process.env;
/** An address to listen on may be none to call. */
const host = ["0.0.0.0", "::", ""].includes(HOST) ? "127.0.0.1" : HOST;

const request = get({ host, port: HTTP_PORT, path: "/healthz", timeout: WITHIN_MS }, (response) => {
  console.log(`the origin answers ${response.statusCode}`);
  process.exit(response.statusCode === 200 ? 0 : 1);
});
request.on("timeout", () => request.destroy(new Error(`no answer within ${WITHIN_MS / 1000} s`)));
request.on("error", (error) => {
  console.log(`the origin does not answer: ${error.message}`);
  process.exit(1);
});
