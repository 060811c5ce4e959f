import { withTimeout } from "../../kit/race.ts";
import { POLICY } from "../health/policy.ts";
import { Refusal } from "../refusal.ts";

/** Work on R2 with a time limit: that of a small call unless another is given. */
export function inR2<T>(verb: string, work: () => Promise<T>, limitMs: number = POLICY.bucketTimeoutMs): Promise<T> {
  return withTimeout(limitMs, `R2 ${verb}`, work);
}

/** R2 says why it refused by a number in the message. */
const hasCode = (thrown: unknown, code: number) => thrown instanceof Error && thrown.message.includes(`(${code})`);

/** The multipart upload was completed or aborted, or never begun. */
export const isNoSuchUpload = (thrown: unknown) => hasCode(thrown, 10024);

/** A part is not the one that was named: it was sent twice at once. */
export const isInvalidPart = (thrown: unknown) => hasCode(thrown, 10025);

/** The content has not the hash that it was to have. */
export const isBadDigest = (thrown: unknown) => hasCode(thrown, 10037);

/** Whoever sent the body, or R2 that took it, was cut off. */
export const isCutOff = (thrown: unknown) =>
  thrown instanceof Error && /connection lost|disconnected/i.test(thrown.message);

export const cutOff = () => new Refusal(503, "cut_off", "The connection was lost: send it again.");
