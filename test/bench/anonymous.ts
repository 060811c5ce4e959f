import { readFile } from "node:fs/promises";

/** Where a Node process has its anonymous memory, in bytes, by what its mappings look like (proc(5), smaps). */
export type AnonymousParts = {
  /** The heap of malloc, grown by brk(2): Node's own objects, buffers, what V8 needs to compile. */
  malloc: number;
  /** V8 takes its heap in pages of 256 KiB. */
  heap: number;
  /** Machine code and what it runs on. */
  code: number;
  /** Arenas of threads, large blocks, stacks, data of libraries. */
  other: number;
};

const V8_PAGE_BYTES = 256 << 10;

export async function anonymousPartsOf(pid: number): Promise<AnonymousParts> {
  return partsOf(await readFile(`/proc/${pid}/smaps`, "utf8"));
}

export function partsOf(smaps: string): AnonymousParts {
  const parts = { malloc: 0, heap: 0, code: 0, other: 0 };
  for (const mapping of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const [, from = "0", to = "0", rights = "", name = ""] =
      /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+ *(.*)$/m.exec(mapping) ?? [];
    const bytes = Number(/^Anonymous: +(\d+) kB$/m.exec(mapping)?.[1] ?? 0) * 1024;
    const size = Number.parseInt(to, 16) - Number.parseInt(from, 16);
    if (name === "[heap]") parts.malloc += bytes;
    else if (rights.includes("x")) parts.code += bytes;
    else if (name === "" && size === V8_PAGE_BYTES) parts.heap += bytes;
    else parts.other += bytes;
  }
  return parts;
}
