import type { IncomingMessage, ServerResponse } from "node:http";
import { failure } from "../../contracts/failure.ts";
import type { Log } from "../../kit/log.ts";
import type { Admission } from "./admission.ts";
import type { Programmes } from "./programmes.ts";
import { addressOf, remoteOf } from "./remote.ts";

const FLV_URL = /^(\/radiodream\/[A-Za-z0-9_-]{1,100})\.flv(?:\?|$)/;

/**
 * Answers `GET /radiodream/{name}.flv` with the programme for as long as it is on the air and the client keeps up.
 * False when the URL is not of that form.
 */
export function serveFlv(
  request: IncomingMessage,
  response: ServerResponse,
  options: { programmes: Programmes; admission: Admission; writeBufferBytes: number; log: Log },
): boolean {
  const path = FLV_URL.exec(request.url ?? "")?.[1];
  if (path === undefined) return false;
  const { programmes, admission, writeBufferBytes } = options;
  if (request.method !== "GET" && request.method !== "HEAD") {
    refuse(response, 405, "method_not_allowed", "The programme is only for listening: GET or HEAD.");
    return true;
  }
  if (!programmes.isOnAir(path)) {
    refuse(response, 404, "not_on_air", `${path} is not on the air here.`);
    return true;
  }
  const headers = { "content-type": "video/x-flv", "cache-control": "no-store" };
  if (request.method === "HEAD") {
    response.writeHead(200, headers).end();
    return true;
  }

  const log = options.log.with({ remote: remoteOf(request.socket), path });
  const release = admission.admit(addressOf(request.socket));
  if (release === null) {
    log.warn("a listener was refused", { reason: "too many listeners" });
    refuse(response, 503, "too_many_listeners", "There are too many listeners here.");
    return true;
  }
  request.socket.setNoDelay(true);
  response.writeHead(200, headers);
  const leave = programmes.join(path, {
    protocol: "flv",
    send(bytes) {
      if (response.destroyed) return;
      if (response.writableLength + bytes.length > writeBufferBytes) {
        log.warn("a listener was dropped", { reason: "it reads too slowly" });
        response.destroy();
      } else response.write(bytes);
    },
    end() {
      // Whoever lets bytes wait may never take them, and would keep the place.
      if (response.writableLength > 0) response.destroy();
      else response.end();
    },
  });
  response.on("close", () => {
    release();
    leave?.();
  });
  return true;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(failure(code, message)));
}
