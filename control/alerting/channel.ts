import type { ChannelName } from "../db/alert-messages.ts";
import type { Outcome } from "../outbound/call.ts";
import type { Text } from "./text.ts";

/** A message on its way. `id` is the same for each repetition; `told` is what a machine is told. */
export type Outgoing = Text & { id: string; told: object };

/** A way to reach somebody. Ends within the policy's time, never throws, and names no secret in its reasons. */
export type Channel = { send(address: string, message: Outgoing): Promise<Outcome> };

/** The channels that are set up. */
export type Channels = ReadonlyMap<ChannelName, Channel>;
