/** Sleeps until poked, or until the time is up; a poke while nobody sleeps is not lost. */

export interface Wake {
  poke(): void;
  sleep(ms: number): Promise<void>;
}

const LONGEST_MS = 60_000;

export function createWake(): Wake {
  let poked = false;
  let end: (() => void) | undefined;
  return {
    poke() {
      poked = true;
      end?.();
    },
    async sleep(ms) {
      if (!poked)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(Math.max(ms, 0), LONGEST_MS));
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      end = undefined;
      poked = false;
    },
  };
}
