import { dollarsFor, PLAN_DOLLARS, PRICES, STORAGE } from "./prices.ts";
import type { Radio } from "./radio.ts";
import { type Operations, type Rates, ratesOf } from "./rates.ts";

const MONTH_S = 30 * 86_400;
/** What a request costs at most of a Worker's time; `test/bench/edge.ts` measures less. */
const CPU_MS_A_REQUEST = 1;
/** R2 forgets segments a day after they came, and takes up to another one for it. */
const KEPT_S = 1.5 * 86_400;
/** A transport stream is so much larger than its AAC. */
const TRANSPORT = 1.11;

/** A month of 30 days, in operations, GB and dollars. */
export type Bill = {
  rates: Rates;
  operations: Operations;
  cpuMs: number;
  storedGigabytes: number;
  dollars: {
    plan: number;
    requests: number;
    cpu: number;
    classA: number;
    classB: number;
    objects: number;
    storage: number;
  };
  total: number;
  /** Dollars for a thousand hours of listening; null without listeners. */
  perThousandHours: number | null;
};

export function billOf(radio: Radio): Bill {
  const rates = ratesOf(radio);
  const operations = inAMonth(rates);
  const cpuMs = operations.requests * CPU_MS_A_REQUEST;
  const bytesASecond = (radio.stations * radio.origins * radio.kilobits * TRANSPORT * 1000) / 8;
  const storedGigabytes = (bytesASecond * KEPT_S) / 1e9;
  const dollars = {
    plan: PLAN_DOLLARS,
    requests: dollarsFor(operations.requests, PRICES.requests),
    cpu: dollarsFor(cpuMs, PRICES.cpuMs),
    classA: dollarsFor(operations.classA, PRICES.classA),
    classB: dollarsFor(operations.classB, PRICES.classB),
    objects: dollarsFor(operations.objectRequests, PRICES.objectRequests),
    storage: Math.max(0, storedGigabytes - STORAGE.included) * STORAGE.perGigabyte,
  };
  const total = Object.values(dollars).reduce((sum, each) => sum + each, 0);
  const hours = (radio.listeners * MONTH_S) / 3600;
  const perThousandHours = hours === 0 ? null : total / (hours / 1000);
  return { rates, operations, cpuMs, storedGigabytes, dollars, total, perThousandHours };
}

function inAMonth({ uploads, control, listening }: Rates): Operations {
  const sum = (of: keyof Operations) => (uploads[of] + control[of] + listening[of]) * MONTH_S;
  return {
    requests: sum("requests"),
    classA: sum("classA"),
    classB: sum("classB"),
    objectRequests: sum("objectRequests"),
  };
}
