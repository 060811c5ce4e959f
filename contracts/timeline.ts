/**
 * The one clock (invariant 1). Everything on air is 48 kHz AAC-LC with 1024 samples a frame, so a frame lasts
 * exactly 64/3 ms = 1920 ticks of 90 kHz, and frame, segment, PTS, programme time and RTMP timestamp convert into one
 * another by integer arithmetic. All numbers stay below 2^53 until far beyond the year 2100.
 */

export const SAMPLE_RATE = 48_000;
export const SAMPLES_PER_FRAME = 1024;
export const CHANNELS = 2;
/** Ticks of the 90 kHz clock of ISO 13818-1 in one frame. */
export const TICKS_PER_FRAME = 1920;
/** PTS and PCR base are 33 bits wide (ISO 13818-1, 2.4.3.4 and 2.4.3.7). */
export const PTS_MODULUS = 2 ** 33;
/** RTMP timestamps are kept below 2^31 ms (24.9 days): the one wrap that every tool agrees on. */
export const RTMP_MODULUS = 2 ** 31;

/** Segment lengths a station may choose, in frames: 3.2 s, 6.4 s and 8 s. */
export const SEGMENT_LENGTHS = [150, 300, 375] as const;
export const DEFAULT_FRAMES_PER_SEGMENT = 150;

/** The frame that is on air at `unixMs`. */
export function frameAt(unixMs: number): number {
  return Math.floor((unixMs * 3) / 64);
}

/** Programme time of a frame's first sample, in Unix ms; a multiple of 1/3 ms. */
export function programmeTime(frame: number): number {
  return (frame * 64) / 3;
}

/** The same in ISO 8601, to the whole ms. */
export function isoTime(frame: number): string {
  return new Date(programmeTime(frame)).toISOString();
}

export function segmentOf(frame: number, framesPerSegment: number): number {
  return Math.floor(frame / framesPerSegment);
}

export function segmentAt(unixMs: number, framesPerSegment: number): number {
  return segmentOf(frameAt(unixMs), framesPerSegment);
}

export function firstFrame(segment: number, framesPerSegment: number): number {
  return segment * framesPerSegment;
}

/** Programme time of a segment's first sample, in Unix ms. */
export function segmentTime(segment: number, framesPerSegment: number): number {
  return programmeTime(firstFrame(segment, framesPerSegment));
}

/** Exact length of every segment, in seconds: the EXTINF of RFC 8216, 4.3.2.1. */
export function segmentSeconds(framesPerSegment: number): number {
  return (framesPerSegment * SAMPLES_PER_FRAME) / SAMPLE_RATE;
}

/** Presentation time stamp of a frame on the 90 kHz clock, mod 2^33. */
export function ptsOf(frame: number): number {
  return (frame * TICKS_PER_FRAME) % PTS_MODULUS;
}

/** The ms timestamp under which a frame travels over RTMP and FLV. */
export function rtmpTimestampOf(frame: number): number {
  return Math.round(programmeTime(frame)) % RTMP_MODULUS;
}

/**
 * The frame that carries an RTMP timestamp: the candidate nearest to our own clock. Exact as long as that clock is
 * within 12.4 days of the sender's, since the rounding to whole ms is far below half a frame.
 */
export function frameOfRtmpTimestamp(timestamp: number, nowMs: number): number {
  const remainder = timestamp % RTMP_MODULUS;
  const wraps = Math.round((nowMs - remainder) / RTMP_MODULUS);
  return Math.round(((wraps * RTMP_MODULUS + remainder) * 3) / 64);
}
