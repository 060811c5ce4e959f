/** How often and how long everything is measured. */
export type Often = {
  settleMs: number;
  /** Of memory and processor. */
  windows: number;
  windowMs: number;
  /** Rounds of load. */
  served: number;
  /** Hosts that go live and are killed. */
  switches: number;
  /** Slicers killed, in each way. */
  kills: number;
};

export const FULL: Often = { settleMs: 20_000, windows: 4, windowMs: 6000, served: 4, switches: 3, kills: 3 };
/** To see that it runs. */
export const QUICK: Often = { settleMs: 10_000, windows: 1, windowMs: 5000, served: 1, switches: 1, kills: 1 };
