import { z } from "zod";

/**
 * One id through all that one cause sets off, on whichever node: W3C Trace Context, level 1. Whoever begins makes it up,
 * whoever is asked goes on with it, and each says it in what it logs.
 */

/** On requests. */
export const TRACE_HEADER = "traceparent";
/** On answers, in the same form (Trace Context, draft of level 2): what to quote when something went wrong. */
export const TRACE_ANSWER_HEADER = "traceresponse";

export type Trace = {
  /** 32 lower-case hexadecimal digits: what is logged. */
  id: string;
  /** 16 of them: the step that asks. */
  span: string;
  /** 2 of them. */
  flags: string;
};

/** Later versions may have more after a hyphen; version ff, and ids of zeros alone, are none (3.2.2). */
const TraceParent = z
  .string()
  .max(200)
  .regex(
    /^(?:00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}|(?!ff|00)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?)$/,
  )
  .transform((text): Trace => {
    const [, id = "", span = "", flags = ""] = text.split("-");
    return { id, span, flags };
  })
  .refine(({ id, span }) => !/^0+$/.test(id) && !/^0+$/.test(span));

const RECORDED = "01";

/** A new step: of the trace that the header names, or of a new one where it names none that can be understood. */
export function traceFrom(header: string | null | undefined, random: RandomBytes = systemRandom): Trace {
  const asked = TraceParent.safeParse(header);
  return asked.success ? nextStep(asked.data, random) : newTrace(random);
}

export function newTrace(random: RandomBytes = systemRandom): Trace {
  return { id: hexadecimal(random(16)), span: hexadecimal(random(8)), flags: RECORDED };
}

/** A step of the same trace, for what is asked of others. */
export function nextStep(trace: Trace, random: RandomBytes = systemRandom): Trace {
  return { ...trace, span: hexadecimal(random(8)) };
}

/** As the two headers have it. */
export function formatTrace({ id, span, flags }: Trace): string {
  return `00-${id}-${span}-${flags}`;
}

export type RandomBytes = (length: number) => Uint8Array;

const systemRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
