import { hash53 } from "../../worker/routing/hash.ts";

/** What is in a segment: the programme, or what an origin that lies puts in its place. */
export type Content = "programme" | "silence" | "garbage";

const PACKETS = 10;
const make = () => Buffer.alloc(PACKETS * 188, 0x47);
/** The bytes of all segments of a kind: one buffer each, by which they are told apart. */
const BYTES: Record<Content, Buffer> = { programme: make(), silence: make(), garbage: make() };

export const bytesOf = (content: Content): Buffer => BYTES[content];

export function contentOf(bytes: Buffer): Content {
  return (Object.keys(BYTES) as Content[]).find((content) => BYTES[content] === bytes) ?? "garbage";
}

/** Stands for the SHA-256 of what is named: equal names, equal hashes. */
export function fingerprint(name: string): string {
  return hash53(name).toString(16).padStart(16, "0").repeat(4);
}
