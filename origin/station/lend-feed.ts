import type { LiveFeed } from "../ingest/live-feed.ts";

/**
 * Lends a host to a programme. While it is lent, the programme may close it; when it is recalled, the loan ends for the
 * programme and the host stays, to be handed to the next one.
 */
export function lendFeed(feed: LiveFeed): { loan: LiveFeed; recall(): void } {
  const ended = Promise.withResolvers<string>();
  const leaves = new Set<() => void>();
  let lent = true;

  const end = (reason: string) => {
    if (!lent) return;
    lent = false;
    for (const leave of leaves) leave();
    leaves.clear();
    ended.resolve(reason);
  };
  void feed.ended.then(end);

  const loan: LiveFeed = {
    id: feed.id,
    station: feed.station,
    key: feed.key,
    remote: feed.remote,
    since: feed.since,
    onTag(listener) {
      if (!lent) return () => {};
      const leave = feed.onTag(listener);
      leaves.add(leave);
      return () => {
        leaves.delete(leave);
        leave();
      };
    },
    ended: ended.promise,
    close(reason) {
      if (lent) feed.close(reason);
    },
  };
  return { loan, recall: () => end("the programme is made elsewhere") };
}
