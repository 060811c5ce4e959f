import type { MessageName } from "../messages.ts";

/** The richest sample of each message that was heard. */
export type Samples = {
  take(name: MessageName, json: string): void;
  all(): ReadonlyMap<MessageName, unknown>;
};

export function createSamples(): Samples {
  const richest = new Map<MessageName, string>();
  return {
    take(name, json) {
      if (json.length > (richest.get(name)?.length ?? 0)) richest.set(name, json);
    },
    all: () => new Map([...richest].map(([name, json]) => [name, JSON.parse(json)])),
  };
}
