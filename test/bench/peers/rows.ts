/** All that is compared: each a row of the page, with a column for each stack. */

export const STACKS = {
  dream: "Radio Dream",
  small: "Radio Dream, small ffmpeg",
  nginx: "nginx-rtmp",
  liquidsoap: "liquidsoap, nginx-rtmp, Icecast",
} as const;
export type Stack = keyof typeof STACKS;

export type Row = {
  words: string;
  unit: string;
  better: "less" | "more";
  digits: number;
  /** Differences below this are not worth a word. */
  slack: number;
};

const seconds = (words: string, slack = 0.1): Row => ({ words, unit: "s", better: "less", digits: 2, slack });
const memory = (words: string): Row => ({ words, unit: "MB", better: "less", digits: 0, slack: 2 });
const percent = (words: string, better: Row["better"], digits = 1): Row => ({
  words,
  unit: "%",
  better,
  digits,
  slack: 0.5,
});
const many = (words: string, unit: string): Row => ({ words, unit, better: "more", digits: 0, slack: 100 });

export const SECTIONS = {
  "Memory and processor": {
    "alone-1": memory("memory, one station, each page once"),
    "pss-1": memory("the same as PSS, one station"),
    "anonymous-1": memory("of it anonymous, one station"),
    "cpu-1": percent("processor, one station, of a core", "less"),
    "workers-1": memory("besides, its Workers in Miniflare: Cloudflare's in production (PSS)"),
    "alone-5": memory("memory, five stations, each page once"),
    "pss-5": memory("the same as PSS, five stations"),
    "anonymous-5": memory("of it anonymous, five stations"),
    "cpu-5": percent("processor, five stations, of a core", "less"),
  },
  "Transport stream over the AAC in it": {
    "overhead-48": percent("at 48 kbit/s", "less"),
    "overhead-128": percent("at 128 kbit/s", "less"),
  },
  "A host goes live and is killed": {
    "begin-silent-browser": seconds("host begins: silence in hls.js"),
    "begin-silent-ffmpeg": seconds("host begins: silence in ffmpeg"),
    "begin-missing": seconds("host begins: programme that is not in the stream", 0.15),
    "end-silent-browser": seconds("host killed: silence in hls.js"),
    "end-silent-ffmpeg": seconds("host killed: silence in ffmpeg"),
    "end-missing": seconds("host killed: programme that is not in the stream", 0.15),
    "begin-silent-icecast": seconds("host begins: silence in ffmpeg, from Icecast"),
    "end-silent-icecast": seconds("host killed: silence in ffmpeg, from Icecast"),
  },
  "From a tone at the host to the sound": {
    "latency-browser": seconds("in hls.js, its defaults", 0.5),
    "latency-ffmpeg": seconds("in ffmpeg, over HLS", 0.5),
    "latency-icecast": seconds("in ffmpeg, from Icecast", 0.5),
  },
  "One of two slicers is killed": {
    "killed-browser": seconds("both there from the beginning: stall in hls.js"),
    "killed-ffmpeg": seconds("both there from the beginning: stall in ffmpeg"),
    "elder-browser": seconds("the other joined 20 s before: stall in hls.js"),
    "elder-ffmpeg": seconds("the other joined 20 s before: stall in ffmpeg"),
    "identical-together": percent("both there from the beginning: segments of one number with one SHA-256", "more", 0),
    "identical-later": percent("the other joined later: segments of one number with one SHA-256", "more", 0),
  },
  "Served by one core": {
    playlists: many("playlists", "a second"),
    segments: many("segments at 48 kbit/s", "a second"),
    listeners: many("HLS listeners: a playlist and a segment each 3.2 s", "listeners"),
    "icecast-listeners": many("Icecast listeners at 128 kbit/s", "listeners"),
  },
} as const satisfies Record<string, Record<string, Row>>;

type Sections = typeof SECTIONS;
export type RowId = { [Section in keyof Sections]: keyof Sections[Section] }[keyof Sections];

export const ROWS = Object.assign({}, ...Object.values(SECTIONS)) as Record<RowId, Row>;
