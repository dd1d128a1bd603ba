/** Members of waves in organisations that other workers serve: what is asked of them, and what they answer. */
import { Context } from '@temporalio/activity';
import { startHeartbeat } from '../activities/heartbeat.ts';
import { sleepUnlessCancelled, unlessCancelled } from '../activities/unless-cancelled.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Outcome } from '../domain/rollout/status.ts';
import type { WavesActName } from '../domain/waves/state.ts';

export interface ElsewhereStart {
  readonly organisation: string;
  /** A run that bears it is this one, started before. */
  readonly key: string;
  /** Of an undo: the action, and the version that must serve there still. */
  readonly what: { readonly plan: Plan } | { readonly undo: string; readonly from: string };
  readonly reason: string;
}

export interface ElsewhereRun {
  readonly organisation: string;
  readonly action: string;
  readonly runId: string;
}

export interface ElsewhereAct extends ElsewhereRun {
  readonly act: WavesActName;
  readonly reason: string;
  /** The same of every attempt. */
  readonly actId: string;
}

export interface ElsewhereEnd {
  readonly state: Outcome | 'failed';
  readonly reason: string;
}

/** `phase`, `splitPercent`: as the rollout itself shows them. */
export type ElsewhereLook =
  | { readonly kind: 'runs'; readonly phase: string | null; readonly splitPercent: number | null }
  | ({ readonly kind: 'ended' } & ElsewhereEnd);

/** What cannot be asked throws, and may be asked again. */
export interface Elsewhere {
  /** Why these cannot be used; null: all are in the file. Asks none of them. */
  know(organisations: readonly string[]): Promise<string | null>;
  /** The run, also where an attempt before this one began it; or why there is none. */
  start(asked: ElsewhereStart): Promise<{ readonly runId: string } | { readonly refused: string }>;
  /** The run that bears the key; null: there is none. */
  find(asked: Pick<ElsewhereStart, 'organisation' | 'key'> & { readonly action: string }): Promise<string | null>;
  /** Why it was refused; null: it was taken. */
  act(asked: ElsewhereAct): Promise<string | null>;
  look(run: ElsewhereRun): Promise<ElsewhereLook>;
  /** What is open is opened anew, from the file as it is then. */
  forget(organisation: string): Promise<void>;
}

export interface FollowInput extends ElsewhereRun {
  /** Its id in the waves, for whoever looks at what they wait for. */
  readonly member: string;
  /** That is known, and no news. */
  readonly isPromoted: boolean;
  readonly isUnheard: boolean;
}

export type Followed =
  | ({ readonly kind: 'ended' } & ElsewhereEnd)
  | { readonly kind: 'promoted' }
  | { readonly kind: 'unheard'; readonly sinceMs: number; readonly why: string }
  | { readonly kind: 'heard' };

/** Heartbeat details [0] of `followElsewhere`. */
export interface FollowProgress {
  readonly member: string;
  readonly heardAtMs: number;
  readonly phase: string | null;
  readonly splitPercent: number | null;
}

export interface FollowSettings {
  readonly lookEveryMs: number;
  /** Not heard for so long is news. */
  readonly unheardAfterMs: number;
}

export const FOLLOW_SETTINGS: FollowSettings = { lookEveryMs: 3_000, unheardAfterMs: 30_000 };

/** Until there is news of it. `now`: the clock that all workers share, for one goes on where another stopped. */
export async function follow(
  elsewhere: Elsewhere,
  input: FollowInput,
  { lookEveryMs, unheardAfterMs }: FollowSettings,
  now: () => number,
): Promise<Followed> {
  const context = Context.current();
  const heartbeat = startHeartbeat(context);
  // Of an attempt before this one: a worker that is started anew does not begin to wait from there.
  let { heardAtMs } = (context.info.heartbeatDetails as FollowProgress | undefined) ?? { heardAtMs: now() };
  try {
    for (;;) {
      const looking = elsewhere
        .look(input)
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      // A look may hang on a dead network; who is told to stop does not wait for it.
      const look = await unlessCancelled(looking);
      if (typeof look !== 'string') {
        if (look.kind === 'ended') return look;
        if (input.isUnheard) return { kind: 'heard' };
        if (!input.isPromoted && look.phase === 'longWatch') return { kind: 'promoted' };
        heardAtMs = now();
        const { phase, splitPercent } = look;
        heartbeat.send({ member: input.member, heardAtMs, phase, splitPercent } satisfies FollowProgress);
      } else {
        if (!input.isUnheard && now() - heardAtMs >= unheardAfterMs)
          return { kind: 'unheard', sinceMs: heardAtMs, why: look };
        await elsewhere.forget(input.organisation);
      }
      await sleepUnlessCancelled(lookEveryMs);
    }
  } finally {
    heartbeat.stop();
  }
}
