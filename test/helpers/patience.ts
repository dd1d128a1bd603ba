/** How long a test waits for what must happen: long enough for a machine that does ten other things, since only a hang fails by it. */
export const PATIENCE_MS = 120_000;

/** Asks again and again. */
export async function untilHolds(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await holds());) {
    if (Date.now() > deadline) throw new Error(`Not so within ${PATIENCE_MS / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
