/** Work on many things, so many at a time; results in the order of the things. */
export async function inLanes<T, R>(
  lanes: number,
  things: readonly T[],
  work: (thing: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < things.length) {
      const index = next++;
      results[index] = await work(things[index] as T, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, things.length) }, lane));
  return results;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
