/** What must be as it is wanted, whoever changes it by hand: looked after now and from then on. */

export interface Keeper {
  close(): Promise<void>;
}

/** `ensure` says what is wrong, and is called again; only at first may it reject, and then nothing is looked after. */
export async function keep(ensure: () => Promise<void>, everyMs: number): Promise<Keeper> {
  let running = ensure();
  await running;
  const timer = setInterval(() => {
    running = ensure();
  }, everyMs);
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
