export interface LockOwner {
  readonly pid: number;
  readonly startedAt: string;
  readonly host: string;
}

export type Lock = { readonly unlock: () => void } | { readonly unlock?: never; readonly owner: LockOwner | undefined };

/** Takes the lock, or tells who holds it; undefined when it keeps changing hands. */
export function takeLock(file: string): Lock;

/** Waits for the lock; `onWait` is called once, when another process holds it. */
export function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options?: { readonly onWait?: (owner: LockOwner | undefined) => void; readonly signal?: AbortSignal | undefined },
): Promise<T>;
