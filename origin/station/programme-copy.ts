import { frameOfRtmpTimestamp } from "../../contracts/timeline.ts";
import type { Clock } from "../../kit/clock.ts";
import { decodeScript, type FlvTag, parseAacMessage } from "../ingest/flv.ts";
import type { ProgrammePublisher } from "../ingest/server.ts";

/**
 * Passes the studio's programme on from here, so that every origin plays it to whoever asks. Only frames newer than
 * the last go out: players hear nothing twice when a studio renders a piece anew, and while two origins each take the
 * other for the studio, nothing goes round in circles.
 */
export function copyProgramme(publisher: ProgrammePublisher, clock: Clock): (tag: FlvTag) => void {
  let last = Number.NEGATIVE_INFINITY;
  return ({ type, timestamp, payload }) => {
    const frame = frameOfRtmpTimestamp(timestamp, clock.now());
    if (type === 18) {
      const script = frame > last ? decodeScript(payload) : null;
      if (script !== null) publisher.script(script.event, script.body, timestamp);
      return;
    }
    const message = type === 8 ? parseAacMessage(payload) : null;
    if (message?.kind === "header") publisher.header(message.config, timestamp);
    if (message?.kind !== "frame" || frame <= last) return;
    last = frame;
    publisher.frame(message.data, timestamp);
  };
}
