import { z } from "zod";

/** Where an origin runs and what, if not simply the present one on this machine: tests give each a network of its own. */
const Place = z.strictObject({
  /** A command that becomes the program behind it (execve(2), no fork), such as `nsenter --net=...`; none when empty. */
  through: z.array(z.string().min(1)).default([]),
  /** Settings of the origin in place of those that it is given otherwise. */
  environment: z.record(z.string(), z.string()).default({}),
  /** The program to run in place of the present one; looked up at each start, so that a link to it may be changed. */
  bundle: z.string().optional(),
});
export type Place = z.infer<typeof Place>;

/** ORIGIN_PLACES: JSON, the places by the origins' ids. */
export const OriginPlaces = z.string().transform(parseJson).pipe(z.record(z.string(), Place));

export const HERE: Place = { through: [], environment: {} };

/** Whether the origin takes ports of this machine. */
export function isHere({ place }: { place: Place }): boolean {
  return place.through.length === 0;
}

function parseJson(text: string, context: z.RefinementCtx): unknown {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "is not JSON" });
    return z.NEVER;
  }
}
