/**
 * Lets a piece of work run once at a time. Whoever asks while it runs gets the run after it, together with all others
 * who asked: a run that began before the question might not have seen its reason.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;
  return () => {
    if (queued) return queued;
    const begin = () => {
      queued = null;
      return work();
    };
    queued = last.then(begin, begin);
    last = queued;
    return queued;
  };
}
