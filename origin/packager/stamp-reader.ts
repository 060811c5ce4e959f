import { STAMP_EVENT, Stamp } from "../../contracts/stamp.ts";
import { decodeScript } from "../ingest/flv.ts";

/** The stamp in an FLV script tag, "malformed" when it says to be one and is not, null for any other script data. */
export function readStamp(payload: Buffer): Stamp | "malformed" | null {
  const script = decodeScript(payload);
  if (script?.event !== STAMP_EVENT) return null;
  try {
    return Stamp.parse(JSON.parse(script.body));
  } catch {
    return "malformed";
  }
}
