/** What `work` makes of each, in their order, with at most so many under way at once. */
export async function mapAtOnce<T, R>(
  all: readonly T[],
  most: number,
  work: (one: T) => Promise<R>,
): Promise<readonly R[]> {
  const done: R[] = [];
  const left = all.entries();
  const inTurn = async (): Promise<void> => {
    for (const [index, one] of left) done[index] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(most, all.length) }, inTurn));
  return done;
}
