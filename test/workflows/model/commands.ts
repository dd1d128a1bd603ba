/** What may befall a rollout: people, verdicts, faults of activities, workers that go, time. */
import { ApplicationFailure } from '@temporalio/common';
import fc from 'fast-check';
import type { Act } from '../../../src/domain/rollout/acts.ts';
import { ACT_UPDATES, actSignal } from '../../../src/workflows/messages.ts';
import type { Harness, RolloutHandle, ScriptedOrganisation } from '../../helpers/rollout-harness.ts';

export interface Real {
  readonly handle: RolloutHandle;
  readonly org: ScriptedOrganisation;
  readonly harness: Harness;
}

type Command = fc.AsyncCommand<object, Real>;

const PEOPLE = ['ana', 'ben', 'test'] as const;
const FAILING = ['validate', 'deploy', 'applySplit', 'watch', 'retireBaseline', 'rollBack', 'record'] as const;
const VERDICTS = ['safe', 'undecided', 'harm', 'noData', 'untrusted'] as const;

const person = fc.constantFrom(...PEOPLE);
const act = fc.constantFrom<Act>('pause', 'resume', 'approve', 'withdraw', 'advance', 'promote', 'override', 'abort');

export const commands = fc.commands(
  [
    fc.tuple(act, person).map(([name, by]) => step(`${name} by ${by}`, (real) => doAct(real, name, by))),
    fc
      .tuple(act, act)
      .map(([one, other]) =>
        step(`${one} by ana beside ${other} by ben`, (real) =>
          Promise.all([doAct(real, one, 'ana'), doAct(real, other, 'ben')]),
        ),
      ),
    fc
      .constantFrom('pause', 'abort', 'advance', '')
      .map((name) => step(`a signal ${name || 'of nothing'}`, (real) => signal(real, name))),
    fc.constantFrom(...VERDICTS).map((verdict) =>
      step(`the judge says ${verdict}`, async ({ org }) => {
        org.verdict = verdict;
      }),
    ),
    fc
      .tuple(fc.constantFrom(...FAILING), fc.integer({ min: 1, max: 2 }))
      .map(([activity, times]) =>
        step(`${activity} fails ${times} times`, async ({ org }) => fail(org, activity, times)),
      ),
    fc.constant(step('the workers go and come', ({ harness }) => harness.withoutWorkers(() => Promise.resolve()))),
    fc.constant(step('a cancel through Temporal', ({ handle }) => unlessOver(handle.cancel()))),
    fc.integer({ min: 20, max: 400 }).map((ms) => step(`${ms} ms go by`, () => sleep(ms))),
  ],
  { maxCommands: 12, size: 'max' },
);

function step(name: string, run: (real: Real) => Promise<unknown>): Command {
  return {
    check: () => true,
    run: async (_, real) => void (await run(real)),
    toString: () => name,
  };
}

/** Who is refused, or comes too late, is told so. */
async function doAct({ handle }: Real, name: Act, by: string): Promise<void> {
  const until = new Date(Date.now() + 60_000).toISOString();
  const given = {
    by,
    reason: `${name} for a good reason`,
    ...(name === 'override' && { until, approvals: true as const }),
  };
  await unlessOver(handle.executeUpdate(ACT_UPDATES[name], { args: [given] }));
}

async function signal({ handle }: Real, name: string): Promise<void> {
  const given = name === '' ? undefined : { name, by: 'ana', reason: 'by signal' };
  await unlessOver(handle.signal(actSignal, given as never));
}

async function unlessOver(answer: Promise<unknown>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && /Update failed|already completed|not found|closing workflow/i.test(error.message))
      return;
    throw error;
  }
}

function fail(org: ScriptedOrganisation, activity: string, times: number): void {
  let left = times;
  org.before = async (name) => {
    if (name !== activity || left === 0) return;
    left -= 1;
    throw ApplicationFailure.retryable('scripted fault');
  };
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
