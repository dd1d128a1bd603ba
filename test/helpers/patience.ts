/** How long a test waits for what must happen: long enough for a machine that does ten other things, since only a hang fails by it. */
export const PATIENCE_MS = 120_000;
