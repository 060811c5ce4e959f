import { z } from "zod";

const unsetWhenEmpty = (value: unknown) => (value === "" ? undefined : value);
const Address = z.preprocess(unsetWhenEmpty, z.url({ protocol: /^https?$/ }).optional());

/** What may be set of the edge, both for the deliveries that spare it (contracts/delivery.ts). */
const Settings = z.object({
  /** Where the bucket of the segments is open to everyone: its custom domain. Unset: all goes through the edge. */
  SEGMENTS_URL: Address,
  /** Where listeners reach the edge; by default where origins upload. */
  EDGE_URL: Address,
});

export type EdgeSettings = { segmentsUrl: string | null; edgeUrl: string | null };

/** Without a slash at the end. Throws a ZodError that names a bad one. */
export function readSettings(environment: object): EdgeSettings {
  const { SEGMENTS_URL, EDGE_URL } = Settings.parse(environment);
  return { segmentsUrl: withoutSlash(SEGMENTS_URL), edgeUrl: withoutSlash(EDGE_URL) };
}

function withoutSlash(url: string | undefined): string | null {
  return url?.replace(/\/+$/, "") ?? null;
}
