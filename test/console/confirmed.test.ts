/** What somebody confirms is what they were shown: worse, or something else, is asked about anew. */
import type { GuardrailReport, JudgeReport, Verdict } from '../../src/domain/judge/types.ts';
import { acts, fakeEngine, openConsole, TOKEN, viewOf } from './helpers.ts';
import type { FakeEngine, TestConsole } from './helpers.ts';
import { fieldsOf } from './fields.ts';

let fake: FakeEngine;
let site: TestConsole;

beforeEach(() => {
  fake = fakeEngine();
  site = openConsole(fake);
});
afterEach(() => site.close());

/** Acceptance that is lower by this share of the baseline's 40 %; harm from 20 % on, 10 % are tolerated. */
function reportOf(verdict: Verdict, lowerBy: number, ofWhole: Verdict = verdict): JudgeReport {
  const row: GuardrailReport = {
    metric: 'acceptanceRate',
    mode: 'enforce',
    sentence: '',
    verdict,
    baselineValue: 0.4,
    candidateValue: 0.4 * (1 - lowerBy),
    limit: 0.32,
    tolerated: 0.36,
    logEvidence: { harm: 0, safe: 0 },
    effect: { estimate: -lowerBy, low: null, high: null, unit: 'ofBaseline' },
    n: { baseline: 100, candidate: 100 },
  };
  return { verdict: ofWhole, reason: '', guardrails: [row], n: row.n };
}

function is(report: JudgeReport, more: object = {}): void {
  fake.views = new Map([['Refund', viewOf('Refund', { report, ...more })]]);
}

async function asked(act: string, more: Record<string, string> = {}): Promise<string> {
  const form = { token: TOKEN, reason: 'the floor wants it', run: 'run-Refund', ...more };
  return (await site.post(`/rollouts/Refund/acts/${act}`, form)).text();
}

async function confirmed(act: string, page: string): Promise<{ readonly status: number; readonly page: string }> {
  const answer = await site.post(`/rollouts/Refund/acts/${act}`, fieldsOf(page));
  return { status: answer.status, page: await answer.text() };
}

const HARM = { guardrail: 'acceptanceRate' };
const WINDOW = { window: 'true' };
type Case = readonly [
  how: string,
  act: string,
  more: Record<string, string>,
  then: () => void,
  now: () => void,
  says: string,
];

test.each<Case>([
  [
    'proven, and is not any more',
    'promote',
    {},
    () => is(reportOf('safe', 0)),
    () => is(reportOf('undecided', 0.05)),
    'not proven',
  ],
  [
    'undecided, and is harmful',
    'promote',
    {},
    () => is(reportOf('undecided', 0.05)),
    () => is(reportOf('harm', 0.05)),
    'harm',
  ],
  [
    'undecided, and is not trusted',
    'promote',
    {},
    () => is(reportOf('undecided', 0.05)),
    () => is(reportOf('undecided', 0.05, 'untrusted')),
    'untrusted',
  ],
  [
    'undecided, and is worse',
    'promote',
    {},
    () => is(reportOf('undecided', 0.05)),
    () => is(reportOf('undecided', 0.09)),
    '36.4',
  ],
  ['a harm that is worse', 'override', HARM, () => is(reportOf('harm', 0.3)), () => is(reportOf('harm', 0.4)), '24'],
  [
    'another window',
    'override',
    WINDOW,
    () => is(reportOf('safe', 0), { waitingFor: 'the night' }),
    () => is(reportOf('safe', 0), { waitingFor: 'the freeze' }),
    'the freeze',
  ],
])(
  'what was shown as %s is asked about anew, and done when that was confirmed',
  async (_how, act, more, then, now, says) => {
    then();
    const page = await asked(act, more);
    now();
    const again = await confirmed(act, page);
    expect([again.status, acts(fake)]).toEqual([200, []]);
    expect(again.page).toContain('Nothing was done yet');
    expect(again.page).toContain(says);
    expect([(await confirmed(act, again.page)).status, acts(fake).length]).toEqual([303, 1]);
  },
);

test.each<Case>([
  ['as it was', 'promote', {}, () => is(reportOf('undecided', 0.05)), () => is(reportOf('undecided', 0.054)), ''],
  ['proven meanwhile', 'promote', {}, () => is(reportOf('undecided', 0.05)), () => is(reportOf('safe', 0)), ''],
  ['a harm that is less', 'override', HARM, () => is(reportOf('harm', 0.3)), () => is(reportOf('harm', 0.25)), ''],
])('what is %s is done as it was confirmed', async (_how, act, more, then, now) => {
  then();
  const page = await asked(act, more);
  now();
  expect([(await confirmed(act, page)).status, acts(fake).length]).toEqual([303, 1]);
});

test('a promotion that was proven when it was confirmed is no override', async () => {
  is(reportOf('undecided', 0.05));
  const page = await asked('promote');
  is(reportOf('safe', 0));
  await confirmed('promote', page);
  expect(acts(fake)[0]?.given[2]).not.toHaveProperty('expiresAt');
});

test.each(['', 'x', '{}', '{"waits":null,"rows":[["","undecided","x"]]}'])(
  'what says in a wrong way what was shown (%s) confirms nothing',
  async (shown) => {
    is(reportOf('undecided', 0.05));
    const page = await asked('promote', { confirmed: 'yes', shown });
    expect([page.includes('Nothing was done yet'), acts(fake)]).toEqual([true, []]);
  },
);
