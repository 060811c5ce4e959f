/** Works on all items, so many at once. The first failure is thrown when what is under way has ended; nothing new is begun. */
export async function inParallel<T>(
  width: number,
  items: Iterable<T> | AsyncIterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const queue = sharedQueue(items);
  const worker = async () => {
    for (;;) {
      const next = await queue();
      if (next.done || failures.length > 0) return;
      await work(next.value);
    }
  };
  const noted = () => worker().catch((thrown: unknown) => void failures.push(thrown));
  await Promise.all(Array.from({ length: width }, noted));
  if (failures.length > 0) throw failures[0];
}

/** Hands an iterator's items out to many, one at a time: not every async iterator stands being asked twice at once. */
function sharedQueue<T>(items: Iterable<T> | AsyncIterable<T>): () => Promise<IteratorResult<T>> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(() => iterator.next());
    // Whoever asked hears of the failure: this only keeps the turn.
    last = next.catch(() => {});
    return next;
  };
}
