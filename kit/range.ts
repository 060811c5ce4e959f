export type ByteRange = { start: number; end: number };

/**
 * The one range of a Range header (RFC 9110, 14.1.2) in `size` bytes, `end` exclusive. "whole" when there is none or
 * when it is none we serve (several ranges, another unit, nonsense: 14.2 lets a server ignore it); "unsatisfiable"
 * when it lies outside.
 */
export function parseRange(header: string | null, size: number): ByteRange | "whole" | "unsatisfiable" {
  const match = header === null ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (match === null || (match[1] === "" && match[2] === "")) return "whole";
  const [, first = "", last = ""] = match;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return "whole";
  return start >= size ? "unsatisfiable" : { start, end };
}
