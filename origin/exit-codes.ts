/**
 * With what code the node's process ends. Whatever runs it starts it again after any of them; the codes tell an operator
 * why. Below 80 they are Node's own.
 */
export const EXIT = {
  /** Stopped in good order, on SIGTERM or SIGINT. */
  stopped: 0,
  /** An error that nothing was prepared for: mostly at the start, such as a port that is taken or settings that are wrong. */
  error: 1,
  /** A part of the node does not work, and restarting it did not help. */
  partStuck: 80,
  /** The memory limit is reached, and freeing memory did not help. */
  memory: 81,
  /** Hardly a file descriptor is left, and closing idle connections did not help. */
  descriptors: 82,
  /** Told to stop, but not done in time. */
  stopTooSlow: 83,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
