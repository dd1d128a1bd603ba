/** The last answers, each worked out once, also for those who ask while it is being worked out. What fails is not kept. */
export interface Kept<T> {
  of(key: string, work: () => Promise<T>): Promise<T>;
}

export function createKept<T>(most: number): Kept<T> {
  const known = new Map<string, Promise<T>>();
  return {
    of(key, work) {
      const answer = known.get(key) ?? work();
      known.delete(key);
      known.set(key, answer);
      answer.catch(() => known.get(key) === answer && known.delete(key));
      for (const oldest of known.keys()) if (known.size > most) known.delete(oldest);
      return answer;
    },
  };
}
