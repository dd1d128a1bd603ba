/**
 * For one attempt to write a split, to bring it back and to read back what is shown. Within its rate of calls a hundred
 * queues of 150 agents each take minutes of that; a dead worker shows by its heartbeat, and each call has a limit of its own.
 */
export const WRITE_LIMIT_MS = 10 * 60_000;
