import { expect, test } from "vitest";
import { partsOf } from "./anonymous.ts";

const mapping = (line: string, kilobytes: number) =>
  `${line}\nSize:   1 kB\nAnonymous:      ${kilobytes} kB\nVmFlags: rd\n`;

test("anonymous memory is told apart by what it is for", () => {
  const smaps = [
    mapping("00400000-00500000 r-xp 00000000 08:01 77                         /usr/bin/node", 4),
    mapping("01000000-03000000 rw-p 00000000 00:00 0                          [heap]", 1000),
    mapping("2a867c0000-2a86800000 rw-p 00000000 00:00 0 ", 256),
    mapping("3b867c0000-3b86800000 rw-p 00000000 00:00 0 ", 200),
    mapping("7f3ed6800000-7f3ed6900000 rwxp 00000000 00:00 0 ", 500),
    mapping("7f3ec0000000-7f3ec0a00000 rw-p 00000000 00:00 0 ", 900),
    mapping("7ffd00000000-7ffd00021000 rw-p 00000000 00:00 0                  [stack]", 8),
  ].join("");
  const kilobyte = 1024;
  expect(partsOf(smaps)).toEqual({
    malloc: 1000 * kilobyte,
    heap: 456 * kilobyte,
    code: 504 * kilobyte,
    other: 908 * kilobyte,
  });
});
