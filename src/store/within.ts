/** Rejects where the work takes longer: a store that hangs is one that is away. What it does all the same later does no harm. */
export async function within<T>(ms: number, work: Promise<T>, late = `no answer within ${ms} ms`): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), ms);
  });
  return Promise.race([work, isLate]).finally(() => clearTimeout(timer));
}
