/** When the guardian acts on what it found, and how long it waits for its next look, on a real Temporal server. */
import type { GuardianFinding } from '../../src/domain/guardian/finding.ts';
import { GUARDIAN_WORKFLOW, ROLLOUTS_QUEUE } from '../../src/workflows/messages.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const FINDING: GuardianFinding = {
  kind: 'frozen',
  remedy: 'alarm',
  action: 'Refund',
  rolloutId: 'r',
  version: '1.5.0',
  sentence: 'It does nothing.',
  wayOut: 'Put it right.',
  key: 'frozen/Refund/r/alarm',
  ripe: true,
};

let harness: Harness;
/** What each look finds; the last one is found again. */
let looks: readonly (readonly GuardianFinding[])[] = [];
let acted: string[] = [];

beforeAll(async () => {
  const org = new ScriptedOrganisation();
  harness = await startHarness({
    ...activitiesOf(() => org),
    guardianLook: () => {
      const [found = [], ...later] = looks;
      if (later.length > 0) looks = later;
      return Promise.resolve(found);
    },
    guardianAct: ({ finding }: { readonly finding: GuardianFinding }) => Promise.resolve(acted.push(finding.key)),
  });
});
afterAll(() => harness.close());

/** The gaps between its looks, in ms. */
async function runGuardian(found: typeof looks, gapMs: number): Promise<number[]> {
  looks = found;
  acted = [];
  const started = { taskQueue: ROLLOUTS_QUEUE, workflowId: `looks ${found.length}-${gapMs}`, args: [{ gapMs }] };
  const handle = await harness.client.workflow.start(GUARDIAN_WORKFLOW, started);
  await handle.result();
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => {
    const after = timer?.startToFireTimeout;
    return after ? [Number(after.seconds ?? 0) * 1000 + (after.nanos ?? 0) / 1e6] : [];
  });
}

test('what Temporal tells the age of is acted upon at the first look that finds it ripe', async () => {
  expect(await runGuardian([[{ ...FINDING, ripeInMs: 0 }]], 20_000)).toEqual([]);
  expect(acted).toEqual([FINDING.key]);
});

test('what is about to be ripe is looked at again when it is, not when the gap is over', async () => {
  const unripe = { ...FINDING, ripe: false, ripeInMs: 900 };
  expect(await runGuardian([[unripe], [{ ...FINDING, ripeInMs: 0 }]], 20_000)).toEqual([900]);
  expect(acted).toEqual([FINDING.key]);
});

test('whatever else is found is acted upon when two looks agree, a gap apart', async () => {
  expect(await runGuardian([[FINDING], [{ ...FINDING, key: 'other' }], [{ ...FINDING, key: 'other' }]], 600)).toEqual([
    600, 600,
  ]);
  expect(acted).toEqual(['other']);
});

test('what is unripe for longer than the gap is looked at after the gap', async () => {
  const unripe = { ...FINDING, ripe: false, ripeInMs: 50_000 };
  expect(await runGuardian([[unripe], [unripe], [unripe], []], 700)).toEqual([700, 700, 700]);
  expect(acted).toEqual([]);
});
