import {
  acceptedBefore,
  acceptedBy,
  askedAnew,
  progressOf,
  recall,
  remember,
} from '../../src/activities/watch-memory.ts';
import type { Audience } from '../../src/domain/split/audience.ts';
import { NOON } from '../helpers/events.ts';
import type { JudgeReport } from '../../src/domain/judge/types.ts';
import type { AcceptedDistrust } from '../../src/domain/rollout/state.ts';
import { watchInput } from './watch-input.ts';
import { openStore } from '../helpers/any-store.ts';

const shown: AcceptedDistrust = { kind: 'sampleRatio', logEvidence: 7, by: 'ann', atMs: 1000, times: 1 };
const input = (...acceptDistrust: AcceptedDistrust[]) =>
  watchInput({ guardrails: [], seen: [], acceptDistrust }, { settleMs: 1000, atMostMs: 1000 });
const memory = (...accepted: AcceptedDistrust[]) => ({ accepted, acceptedAlarms: [] });
const report = (logEvidence: number): JudgeReport => ({
  verdict: 'untrusted',
  reason: '',
  guardrails: [],
  n: { baseline: 1, candidate: 1 },
  distrust: [{ kind: 'sampleRatio', logEvidence }],
});

test('what had grown while the rollout stood is accepted with it; what grows after that is not, by whichever worker', () => {
  const { accepted } = acceptedBy(input(shown), memory(), report(20));
  expect(accepted).toEqual([{ ...shown, logEvidence: 20 }]);
  expect(acceptedBy(input(shown), memory(...accepted), report(30)).accepted).toEqual(accepted);
});

test('accepted once more, it is that of then; accepted all for a while, it stays as it was', () => {
  const again = { ...shown, atMs: 2000, times: 2 };
  const before = { ...shown, logEvidence: 20 };
  expect(acceptedBy(input(again), memory(before), report(30)).accepted).toEqual([{ ...again, logEvidence: 30 }]);
  const all = { ...input(), acceptDistrust: 'all' as const };
  expect(acceptedBy(all, memory(before), report(30)).accepted).toEqual([before]);
});

test('each acceptance is on record with one look, and a further one with another', () => {
  const { accepted } = acceptedBy(input(shown), memory(), report(20));
  expect(acceptedBefore({ accepted })).toEqual({ acceptedDistrust: [{ kind: 'sampleRatio', atMs: 1000 }] });
  const told = askedAnew({ accepted });
  expect(acceptedBefore(told)).toEqual({});
  expect(acceptedBy(input(shown), memory(...told.accepted), report(5)).accepted).toEqual(told.accepted);
  const again = { ...shown, atMs: 2000, times: 2 };
  const { accepted: next } = acceptedBy(input(again), memory(...told.accepted), report(30));
  expect(acceptedBefore({ accepted: next })).toEqual({ acceptedDistrust: [{ kind: 'sampleRatio', atMs: 2000 }] });
});

test('a share of everybody after the same share of a pilot is another split: its clocks begin anew, and nobody is outside', async () => {
  const db = await openStore();
  const ofWhom = (of?: Audience) =>
    watchInput(
      {
        guardrails: [],
        seen: [],
        expected: { splitPercent: 50, stage: 'both', acceptedRivals: [], ...(of && { of }) },
      },
      { settleMs: 1000, atMostMs: 1000 },
    );
  const pilot = ofWhom({ teams: ['nights'] });
  const begun = await recall(db, pilot, NOON);
  const seen = { ...begun, recent: { all: 10, candidate: 5, outside: 30 } };
  await remember(db, 'r-1', seen, report(0), NOON);
  expect(progressOf(await recall(db, pilot, NOON), pilot, report(0), NOON)).toMatchObject({
    observedSplitPercent: 50,
    observedOverallPercent: 12.5,
  });
  const shownOf = progressOf(await recall(db, ofWhom(), NOON), ofWhom(), report(0), NOON);
  expect(shownOf.observedSplitPercent).toBeNull();
  expect(shownOf).not.toHaveProperty('observedOverallPercent');
  await db.close();
});
