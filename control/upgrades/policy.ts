/** Times of upgrades, in ms. How long a drain, a recreation and a trial last stands in the policy of health. */
export const UPGRADE = {
  /** How long each node is watched at work before the next one's turn, unless the upgrade says otherwise. */
  settleMs: 30_000,
  maxSettleMs: 86_400_000,
  /** The upgrade halts when for so long no further node may be taken out. */
  waitMs: 600_000,
  /** One that is out, and has not been heard since, is waited for this long. */
  lostMs: 300_000,
  /** So much longer than it should last, a drain or a trial may last. */
  marginMs: 60_000,
  /** How long somebody has to start a node by hand, where nothing makes nodes. */
  byHandMs: 1_800_000,
  /** A node that could not be made anew is asked for again after this, and for so long. */
  retryMs: 5000,
  retriesMs: 120_000,
} as const;
