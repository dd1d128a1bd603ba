/** What a sentence says of the figures: how far they are apart, what is tolerated, and what was proven. */
import { guardrailSentence } from '../../../src/domain/judge/report/sentences.ts';
import type { Circumstances } from '../../../src/domain/judge/report/sentences.ts';
import { toleranceTimes, worsen } from '../../../src/domain/judge/maths/margin.ts';
import type { Verdict } from '../../../src/domain/judge/types.ts';
import type { Guardrail } from '../../../src/domain/plan/plan.ts';
import { acceptance, p95 } from './helpers.ts';
import { level } from './custom-streams.ts';

const plain: Circumstances = {
  distrust: null,
  fewAgents: null,
  moved: null,
  plannedEnd: null,
  oddity: null,
  harmNeeded: Math.log(63),
  together: null,
  noCard: null,
};

function said(
  guardrail: Guardrail,
  verdict: Verdict,
  [candidateValue, baselineValue]: readonly [number, number],
  circumstances: Partial<Circumstances> = {},
): string {
  const { metric, name, unit, statistic, mode } = guardrail;
  const report = {
    metric,
    ...(name !== undefined && { name }),
    ...(unit !== undefined && { unit }),
    ...(statistic !== undefined && { statistic }),
    mode,
    verdict,
    candidateValue,
    baselineValue,
    limit: worsen(guardrail, baselineValue),
    tolerated: worsen(guardrail, baselineValue, toleranceTimes(guardrail)),
    logEvidence: { harm: Math.log(4200), safe: 0 },
    n: { baseline: 400, candidate: 400 },
  };
  return guardrailSentence(guardrail, report, { ...plain, ...circumstances });
}

const rate: Guardrail = { ...acceptance, margin: { kind: 'relative', value: 0.1 }, alpha: 0.01 };
const pp: Guardrail = { ...rate, margin: { kind: 'absolute', value: 0.02 }, tolerance: 0.005 };
const any: Guardrail = { ...rate, tolerance: 0 };

test.each<[sentence: string, ...given: Parameters<typeof said>]>([
  [
    'acceptanceRate harm: candidate 15.0 % vs baseline 20.0 % (25 % lower), limit 18.0 % (10 % lower), n 400 / 400 ' +
      'cards, evidence 1:4200 that it is worse by more than the tolerated 5 %.',
    rate,
    'harm',
    [0.15, 0.2],
  ],
  [
    'acceptanceRate harm: candidate 19.6 % vs baseline 20.0 % (2 % lower), limit 18.0 % (10 % lower), n 400 / 400 ' +
      'cards, evidence 1:4200 that it is worse by more than the tolerated 5 % (the acceptanceRate shown is that of all ' +
      'cards so far, not of the latest alone).',
    rate,
    'harm',
    [0.196, 0.2],
  ],
  [
    'acceptanceRate harm: candidate 19.6 % vs baseline 20.0 % (2 % lower), limit 18.0 % (10 % lower), n 400 / 400 ' +
      'cards, evidence 1:4200 that it is worse than the baseline.',
    any,
    'harm',
    [0.196, 0.2],
  ],
  [
    'acceptanceRate harm: candidate 17.0 % vs no card 20.0 % (3 pp lower), limit 18.0 % (2 pp lower), n 400 / 400 ' +
      'conversations, evidence 1:4200 that it is worse by more than the tolerated 0.5 pp.',
    pp,
    'harm',
    [0.17, 0.2],
    { noCard: 'baseline' },
  ],
])('%s', (sentence, ...given) => expect(said(...given)).toBe(sentence));

test.each<[apart: string, ...given: Parameters<typeof said>]>([
  ['candidate 22.0 % vs baseline 20.0 % (10 % higher; tolerated 5 % lower), limit', rate, 'safe', [0.22, 0.2]],
  ['candidate 20.0 % vs baseline 20.0 % (no difference; tolerated 5 % lower), limit', rate, 'safe', [0.2, 0.2]],
  ['candidate 19.8 % vs baseline 20.0 % (0.2 pp lower; tolerated 0.5 pp lower), limit', pp, 'undecided', [0.198, 0.2]],
  ['candidate 19.8 % vs baseline 20.0 % (1 % lower; tolerated 0 % lower), limit', any, 'undecided', [0.198, 0.2]],
  ['candidate 3.0 % vs baseline 0.0 % (tolerated 5 % lower), limit', rate, 'undecided', [0.03, 0]],
  ['candidate 612 ms vs baseline 500 ms (22 % higher; tolerated', p95, 'undecided', [612, 500]],
  [
    'candidate 314.2 s vs baseline 300 s (14 s higher; tolerated 12.5 s higher), limit 325 s',
    level(),
    'safe',
    [314.2, 300],
  ],
])('%s', (apart, ...given) => expect(said(...given)).toContain(apart));

test('undecided between tolerance and limit says why it takes so long, and nowhere else', () => {
  const between = 'it seems between what is tolerated and the limit, where any proof takes most cards.';
  expect(said(rate, 'undecided', [0.185, 0.2])).toContain(between);
  expect(said(rate, 'undecided', [0.195, 0.2])).not.toContain('between');
  expect(said(rate, 'undecided', [0.17, 0.2])).not.toContain('between');
  expect(said(rate, 'harm', [0.185, 0.2])).not.toContain('between');
});
