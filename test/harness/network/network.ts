/** The network between the origins and everything else, which a test can spoil for each origin by itself. */
export type Network = {
  /** How it is made, in words. */
  readonly kind: string;
  /** What `npm start` is to be told (see dev/settings.ts) so that it runs in this network. */
  readonly settings: Record<string, string>;
  link(origin: string): Link;
  /** Puts a fault in place of the one before; throws when there is no such origin. */
  spoil(origin: string, fault: NetworkFault): Promise<void>;
  /** Nothing passes in either direction and nobody is told. */
  cut(origin: string): Promise<void>;
  /** Connections are reset, those that stand and those that are tried. */
  refuse(origin: string): Promise<void>;
  /** No more than so many bytes a second pass, in each direction. */
  slow(origin: string, bytesPerSecond: number): Promise<void>;
  /** A share of the packets (0 to 1) is lost at random, in each direction. */
  lose(origin: string, share: number): Promise<void>;
  heal(origin: string): Promise<void>;
  /** Takes everything away again, and ends what still runs inside. */
  close(): Promise<void>;
};

/** How a test reaches an origin. */
export type Link = {
  /** For looking on. */
  httpUrl: string;
  /** For hosts and players, who suffer the origin's faults. */
  rtmp: { host: string; port: number };
};

export type NetworkFault =
  | { kind: "none" }
  | { kind: "cut" }
  | { kind: "refuse" }
  | { kind: "slow"; bytesPerSecond: number }
  | { kind: "lose"; share: number };

/** The ports that a stack has claimed: the Workers' two, and the first of the origins' in a row. */
export type StackPorts = { edge: number; control: number; rtmp: number; http: number };

/** Names for the faults. */
export function withFaults(network: Pick<Network, "kind" | "settings" | "link" | "spoil" | "close">): Network {
  const { spoil } = network;
  return {
    ...network,
    cut: (origin) => spoil(origin, { kind: "cut" }),
    refuse: (origin) => spoil(origin, { kind: "refuse" }),
    slow: (origin, bytesPerSecond) => spoil(origin, { kind: "slow", bytesPerSecond }),
    lose: (origin, share) => spoil(origin, { kind: "lose", share }),
    heal: (origin) => spoil(origin, { kind: "none" }),
  };
}
