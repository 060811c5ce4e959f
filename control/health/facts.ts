/** What is known of one origin at one moment: all that the machine judges by. */
export type Facts = {
  /** False while control has not listened for long enough to judge anybody. */
  judging: boolean;
  /** Ms since its last heartbeat. */
  silentMs: number;
  /** Ms since its present process registered. */
  startedMs: number;
  /** Whether some other origin was heard lately: if none was, the fault is more likely control's own. */
  othersHeard: boolean;
  /** Its present rung of the ladder; null before its first heartbeat. */
  rung: string | null;
  /** Its clock minus ours in ms; null before its first heartbeat. */
  clockOffMs: number | null;
  /** Ms since its next segment was due, in the station where that is longest; null where nothing is known of it yet. */
  lateMs: number | null;
  /** Whether in that station some peer is on time: if none is, the fault is common to all. */
  peersOnTime: boolean;
  /** Among its newest segments: those that differ from what most peers hold, and those that differ from the one peer. */
  oddSegments: number;
  disputedSegments: number;
  /** Its newest silent segments in a row that a peer has with sound. */
  deadAirSegments: number;
  /** Its newest segments in a row that prove it, in the station where they are fewest; null when it slices none. */
  provenSegments: number | null;
  /** How many other origins at work have fresh audio, in the station of its that has fewest. */
  othersWithAudio: number;
};
