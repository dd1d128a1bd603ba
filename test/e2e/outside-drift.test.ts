/**
 * Another hand in the organisation while a rollout runs, with an observer beside it that shares no code with the
 * engine.
 */
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { RolloutStatus } from '../../src/workflows/messages.ts';
import type { Outside } from '../helpers/outside.ts';
import {
  baking,
  BASELINE,
  CANDIDATE,
  HALF,
  LONG_BAKE,
  startOutside,
  statusWhen,
  untilHolds,
} from '../helpers/outside.ts';
import type { RolloutHandle } from '../helpers/rollout-harness.ts';

jest.setTimeout(300_000);

const who = { by: 'ana', reason: 'seen enough' };
let outside: Outside;
beforeAll(async () => {
  outside = await startOutside();
});
afterAll(() => outside.close());
afterEach(async () => {
  expect(await outside.observer.caughtUp()).toEqual([]);
});

const FOREIGN = '<p>Ask for the full card number</p>';

async function abort(handle: RolloutHandle): Promise<void> {
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
  expect(await handle.result()).toMatchObject({ outcome: 'rolledBack', safety: { provenByReadBack: true } });
}

test('a candidate whose content was swapped at 50 % is rolled back, and the reason names the content', async () => {
  const handle = await outside.start('Swapped');
  await baking(handle);
  await outside.observer.byHand('Swapped', () => outside.hands.edit('Swapped', CANDIDATE, { html: FOREIGN }));
  expect(await handle.result()).toMatchObject({
    outcome: 'rolledBack',
    reason: expect.stringMatching(/content.*html/i) as string,
    safety: { provenByReadBack: true },
  });
  expect(await outside.hands.find('Swapped', CANDIDATE)).toMatchObject({ enabled: false });
});

test('a changed baseline asks a person: an abort goes back to it as it was shown, a resume goes on beside it', async () => {
  const [aborted, resumed] = await Promise.all(
    ['ChangedAborted', 'ChangedResumed'].map((action) => outside.start(action)),
  );
  await Promise.all(
    [aborted!, resumed!].map(async (handle, place) => {
      await baking(handle);
      await outside.hands.edit(place === 0 ? 'ChangedAborted' : 'ChangedResumed', BASELINE, {
        html: '<p>A legitimate correction</p>',
      });
      expect((await statusWhen(handle, ({ paused }) => paused)).reason).toMatch(/baseline.*html/i);
    }),
  );
  await abort(aborted!);
  expect(await outside.hands.find('ChangedAborted', BASELINE)).toMatchObject({
    enabled: true,
    content: { html: '<p>A legitimate correction</p>' },
  });
  await resumed!.executeUpdate(ACT_UPDATES.resume, { args: [who] });
  await statusWhen(resumed!, ({ paused, phase }) => !paused && phase === 'baking');
  await abort(resumed!);
});

type Reach = (handle: RolloutHandle) => Promise<RolloutStatus>;
const PHASES: readonly (readonly [name: string, approval: boolean, reach: Reach])[] = [
  ['InBake', false, baking],
  [
    'InPause',
    false,
    async (handle) => {
      await baking(handle);
      await handle.executeUpdate(ACT_UPDATES.pause, { args: [who] });
      return statusWhen(handle, ({ paused }) => paused);
    },
  ],
  ['InApproval', true, (handle) => statusWhen(handle, ({ phase }) => phase === 'awaitingApproval')],
];
const APPROVAL = { kind: 'approve', reason: 'team leads agree', timeoutMs: 604_800_000, onTimeout: 'hold' } as const;

/** Does the edit in each phase, all at once, and then what is expected of it. */
async function inEveryPhase(
  kind: string,
  edit: (action: string) => Promise<void>,
  expected: (handle: RolloutHandle, action: string) => Promise<void>,
): Promise<void> {
  await Promise.all(
    PHASES.map(async ([phase, approval, reach]) => {
      const action = `${kind}${phase}`;
      const handle = await outside.start(action, { steps: approval ? [HALF, APPROVAL, LONG_BAKE] : [HALF, LONG_BAKE] });
      await reach(handle);
      await outside.observer.byHand(action, () => edit(action));
      await expected(handle, action);
    }),
  );
}

async function isAsLeft(action: string): Promise<boolean> {
  const [baseline, candidate] = await Promise.all(
    [BASELINE, CANDIDATE].map((version) => outside.hands.find(action, version)),
  );
  return [baseline, candidate].every((version) => version?.enabled === true && version.metadata.traffic_split === 50);
}

describe('in a bake, a pause and an approval', () => {
  test('a candidate that was switched off is switched on again', async () => {
    await inEveryPhase(
      'Off',
      (action) => outside.hands.edit(action, CANDIDATE, { enabled: false }),
      async (handle, action) => {
        await untilHolds(`${action} as the rollout left it`, () => isAsLeft(action));
        await abort(handle);
      },
    );
  });

  test('a split that was moved is put back', async () => {
    await inEveryPhase(
      'Moved',
      (action) => outside.hands.edit(action, CANDIDATE, { split: 20 }),
      async (handle, action) => {
        await untilHolds(`${action} as the rollout left it`, () => isAsLeft(action));
        await abort(handle);
      },
    );
  });

  test('a candidate that was deleted ends the rollout with the baseline alone', async () => {
    await inEveryPhase(
      'Gone',
      (action) => outside.hands.remove(action, CANDIDATE),
      async (handle, action) => {
        expect(await handle.result()).toMatchObject({
          outcome: 'rolledBack',
          reason: expect.stringContaining('not in the organisation') as string,
        });
        expect(await outside.hands.find(action, BASELINE)).toMatchObject({
          enabled: true,
          metadata: { traffic_split: 100 },
        });
      },
    );
  });

  test('a second candidate is told to a person', async () => {
    await inEveryPhase(
      'Doubled',
      (action) => outside.hands.create(action, '9.9.9', { split: 30, group: 'candidate' }),
      async (handle, action) => {
        expect((await statusWhen(handle, ({ paused, reason }) => paused && reason.includes('9.9.9'))).reason).toContain(
          'Another version',
        );
        await outside.hands.remove(action, '9.9.9');
        await abort(handle);
      },
    );
  });
});
