/** How a node's process is to be run so that it stays within its 128 MB; docs/memory.md says what each is worth. */

/** Flags of Node: the heap is collected rather than grown, and code is kept small. */
export const NODE_FLAGS: readonly string[] = [
  "--max-old-space-size=64",
  "--max-semi-space-size=1",
  "--optimize-for-size",
];

/**
 * Settings of glibc's allocator (mallopt(3)), for the node and the ffmpegs that it starts: one arena for all threads,
 * and what is freed goes back to the system, since thresholds that are set stay where they are.
 */
export const MEMORY_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_MMAP_THRESHOLD_: "131072",
  MALLOC_TRIM_THRESHOLD_: "131072",
};
