/** What a person has frozen: no split rises there until it is over, or lifted. */
import { actionProblem } from '../plan/identity.ts';
import { show } from '../plan/problem.ts';
import { actorProblem, reasonProblem, UNPRINTABLE } from '../rollout/actor.ts';

const NAMED = ['division', 'queue', 'action'] as const;

export type FreezeScope = { readonly kind: 'all' } | { readonly kind: (typeof NAMED)[number]; readonly name: string };

export interface Freeze {
  readonly id: string;
  readonly scope: FreezeScope;
  readonly by: string;
  /** How it was known who froze; null: nobody could be told apart. */
  readonly verifiedBy: string | null;
  readonly reason: string;
  /** ms since the epoch, by the store's clock. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One that is over, and how: it was lifted, or ended by itself at its time. */
export interface PastFreeze extends Freeze {
  readonly endedAtMs: number;
  readonly lifted: { readonly by: string; readonly reason: string } | null;
}

/** An instant, or so long from now on by the store's clock. */
export type FreezeUntil = { readonly atMs: number } | { readonly forMs: number };

/** What a workflow of its own is asked for, by who has no database. */
export type FreezeAct = (
  | { readonly do: 'freeze'; readonly scope: FreezeScope; readonly until: FreezeUntil }
  | { readonly do: 'unfreeze'; readonly scope: FreezeScope }
) & { readonly by: string; readonly reason: string; readonly expiresAt?: string; readonly signature?: string };

export type FreezeAsked = FreezeAct | { readonly do: 'list' };

export type FreezeAnswer =
  | { readonly kind: 'done'; readonly freezes: readonly Freeze[] }
  | { readonly kind: 'list'; readonly now: readonly Freeze[]; readonly past: readonly PastFreeze[] }
  /** One sentence with the way out; nothing was changed. */
  | { readonly kind: 'refused'; readonly why: string };

export const MAX_FREEZE_MS = 366 * 86_400_000;
const MAX_NAME = 200;

/** Whoever starts it: what is no such question is told in one sentence. */
export function parseFreezeAsked(given: unknown): FreezeAsked | string {
  const asked = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>;
  if (asked['do'] === 'list') return { do: 'list' };
  if (asked['do'] !== 'freeze' && asked['do'] !== 'unfreeze')
    return `"do" is ${show(asked['do'])}; expected freeze, unfreeze or list.`;
  const scope = scopeIn(asked['scope']);
  if (scope === null) return 'Its "scope" is none; expected all, or a division, a queue or an action with its name.';
  const unfit = actorProblem(asked['by']) ?? reasonProblem(asked['reason']);
  if (unfit !== null) return unfit;
  const act = { ...asked, scope } as Omit<FreezeAct, 'do' | 'until'>;
  if (asked['do'] === 'unfreeze') return { ...act, do: 'unfreeze', scope };
  const until = untilIn(asked['until']);
  return until === null
    ? 'Its "until" is no time; expected { atMs } or { forMs }, in whole milliseconds.'
    : { ...act, do: 'freeze', scope, until };
}

function scopeIn(given: unknown): FreezeScope | null {
  const { kind, name } = (given ?? {}) as { readonly kind?: unknown; readonly name?: unknown };
  if (kind === 'all') return { kind };
  const known = NAMED.find((one) => one === kind);
  if (known === undefined || typeof name !== 'string') return null;
  const fits =
    known === 'action'
      ? actionProblem(name) === null
      : name.trim() !== '' && name.length <= MAX_NAME && !UNPRINTABLE.test(name);
  return fits ? { kind: known, name } : null;
}

function untilIn(given: unknown): FreezeUntil | null {
  const { atMs, forMs } = (given ?? {}) as { readonly atMs?: unknown; readonly forMs?: unknown };
  if (Number.isSafeInteger(atMs) && forMs === undefined) return { atMs: atMs as number };
  return Number.isSafeInteger(forMs) && (forMs as number) > 0 && atMs === undefined ? { forMs: forMs as number } : null;
}

export function scopeText(scope: FreezeScope): string {
  return scope.kind === 'all' ? 'everything' : `${scope.kind} ${scope.name}`;
}

/** What it takes to be let: who answers for an action or a queue may stop it; all else is an admin's. */
export function freezeRight(asked: FreezeAct): {
  readonly act: string;
  readonly action: string;
  readonly queues: readonly string[];
} {
  const { scope } = asked;
  const isWide = scope.kind === 'all' || scope.kind === 'division';
  return {
    act: asked.do === 'unfreeze' ? 'unfreeze' : isWide ? 'freezeAll' : 'freeze',
    action: scope.kind === 'action' ? scope.name : '*',
    queues: scope.kind === 'queue' ? [scope.name] : [],
  };
}
