import { acceptedBy } from '../../src/activities/watch-memory.ts';
import type { JudgeReport } from '../../src/domain/judge/types.ts';
import type { AcceptedDistrust } from '../../src/domain/rollout/state.ts';
import { watchInput } from './watch-input.ts';

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
