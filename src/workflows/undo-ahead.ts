/**
 * An abort that comes while an undo still looks for what to go back to, before there is a run of it. It ends the look;
 * where that has just found something, it is taken by the run, before anything is written.
 */
import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { ACT_HELP } from '../domain/rollout/act-help.ts';
import { unfit } from '../domain/rollout/acts.ts';
import { parseAct } from '../domain/rollout/messages.ts';
import type { RolloutStatus } from '../domain/rollout/view.ts';
import { createFirstUse } from '../domain/shared/first-use.ts';
import { authoriseAct } from './authorise.ts';
import type { Authorised } from './authorise.ts';
import type { HumanAct } from './messages.ts';
import { ACT_UPDATES } from './messages.ts';

export interface AbortAhead {
  /** Looks until somebody who may has aborted. */
  look<T>(work: () => Promise<T>): Promise<T>;
  /** Who did so first, before there was a run. */
  readonly aborted: Aborted | null;
  /** All who asked for it before there was an answer, in that order: those as well who may not. */
  readonly heard: readonly Heard[];
  /** Of nobody who has asked is it still to be found out whether they may. */
  allHeard(): Promise<void>;
  /** Somebody waits for the answer. */
  isAsked(): boolean;
  /** From now on whoever waits is answered by that. */
  answerWith(answer: (heard: Heard) => RolloutStatus | Promise<RolloutStatus>): void;
}

export interface Heard {
  readonly given: HumanAct;
  readonly known: Authorised;
}

export type Aborted = Heard & { readonly known: { readonly ok: true } };

/** What it is confined to is not known yet, so whoever may stop anything of the action may. */
export function hearAbortAhead(action: string): AbortAhead {
  const scope = new CancellationScope();
  let answer: ((heard: Heard) => RolloutStatus | Promise<RolloutStatus>) | null = null;
  const heard: Heard[] = [];
  let asked = 0;
  let unheard = 0;
  const take = async (given: HumanAct): Promise<RolloutStatus> => {
    unheard += 1;
    const known = await authoriseAct([{ action, queues: [] }], { firstUse: createFirstUse() }, 'abort', given).finally(
      () => {
        unheard -= 1;
      },
    );
    const one = { given, known };
    if (answer === null) heard.push(one);
    if (known.ok) scope.cancel();
    await condition(() => answer !== null);
    return (answer as NonNullable<typeof answer>)(one);
  };
  setHandler(
    ACT_UPDATES.abort,
    (given) => {
      asked += 1;
      return CancellationScope.nonCancellable(() => take(given)).finally(() => {
        asked -= 1;
      });
    },
    { description: ACT_HELP.abort, validator: refuseUnfit },
  );
  return {
    look: (work) => scope.run(work),
    get aborted() {
      return heard.find(isAbort) ?? null;
    },
    heard,
    allHeard: () => (unheard === 0 ? Promise.resolve() : condition(() => unheard === 0)),
    isAsked: () => asked > 0,
    answerWith(given) {
      answer = given;
    },
  };
}

export function isAbort(heard: Heard): heard is Aborted {
  return heard.known.ok;
}

function refuseUnfit(given: unknown): void {
  const why = unfit('abort', parseAct(given));
  if (why !== null) throw ApplicationFailure.nonRetryable(why, 'ActRefused');
}
