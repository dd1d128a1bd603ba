/**
 * Deaths and sleeps at the boundaries of activities. Each is a file, whose name is the order: the worker that comes to
 * the boundary renames it, and whoever has renamed it dies or falls asleep there, so that of many workers one does.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const SIDES = ['before', 'after'] as const;
export const DEEDS = ['kill', 'stop'] as const;

export interface Boundary {
  readonly activity: string;
  readonly side: (typeof SIDES)[number];
  readonly deed: (typeof DEEDS)[number];
}

export interface Order extends Boundary {
  /** Of whose rollout; `any`: of any workflow. */
  readonly of: string;
  /** So many pass before. */
  readonly passing: number;
}

export interface Reached extends Order {
  readonly pid: number;
  readonly atMs: number;
}

const MARK = '~';

export function giveOrder(folder: string, order: Order): void {
  mkdirSync(join(folder, 'done'), { recursive: true });
  writeFileSync(join(folder, nameOf(order)), '');
}

/** None is carried out any more; what was stays told. */
export function withdrawOrders(folder: string): void {
  for (const name of readdirSync(folder)) if (name.includes(MARK)) rmSync(join(folder, name), { force: true });
}

/** What was carried out is told no more. */
export function forgetReached(folder: string): void {
  for (const name of readdirSync(join(folder, 'done'))) rmSync(join(folder, 'done', name), { force: true });
}

/** Those that were carried out so far. */
export function reachedIn(folder: string): Reached[] {
  return readdirSync(join(folder, 'done')).flatMap((name) => {
    const [pid = '', atMs = '', ...rest] = name.split(MARK);
    const order = orderOf(rest.join(MARK));
    return order === null ? [] : [{ ...order, pid: Number(pid), atMs: Number(atMs) }];
  });
}

/** What is to be done here by whoever asks; null: nothing. */
export function takeOrder(
  folder: string,
  at: { readonly of: string; readonly activity: string; readonly side: string },
  pid: number,
): Order | null {
  for (const name of readdirSync(folder)) {
    const order = orderOf(name);
    if (order === null || order.activity !== at.activity || order.side !== at.side) continue;
    if (order.of !== at.of && order.of !== 'any') continue;
    const next =
      order.passing > 0
        ? nameOf({ ...order, passing: order.passing - 1 })
        : join('done', [pid, Date.now(), name].join(MARK));
    if (renamed(join(folder, name), join(folder, next))) return order.passing > 0 ? null : order;
  }
  return null;
}

/** Of these the first of each boundary that nobody has come to yet, by whichever order. */
export function notComeTo<O extends Boundary>(orders: readonly O[], reached: readonly Boundary[]): O[] {
  const keyOf = ({ activity, side, deed }: Boundary): string => [activity, side, deed].join(MARK);
  const known = new Set(reached.map(keyOf));
  return orders.filter((order) => !known.has(keyOf(order)) && known.add(keyOf(order)));
}

function nameOf({ of, activity, side, deed, passing }: Order): string {
  return [of, activity, side, deed, passing].join(MARK);
}

function orderOf(name: string): Order | null {
  const [of, activity, side, deed, passing] = name.split(MARK);
  if (of === undefined || activity === undefined || passing === undefined) return null;
  return { of, activity, side: side as Order['side'], deed: deed as Order['deed'], passing: Number(passing) };
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    // Another was first.
    return false;
  }
}
