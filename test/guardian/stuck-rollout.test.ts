/** A rollout whose history does not replay: nothing ever goes on with it, so it ends when its baseline is back. */
import { restoreBaseline } from '../../src/guardian/restore.ts';
import { SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { ROLLOUT_WORKFLOW, rolloutWorkflowId } from '../../src/workflows/messages.ts';
import { openInMemory } from '../helpers/in-memory.ts';
import { untilHolds } from '../helpers/outside.ts';
import { openSandboxOrganisation } from '../helpers/sandbox-organisation.ts';
import { handsOn } from './by-hand.ts';
import { openOtherCode } from './other-code.ts';

jest.setTimeout(240_000);

const ACTION = 'RefundAssist';

test('the baseline comes back, and the run, which could never go on, is over: another may begin', async () => {
  const sandbox = await startSandbox();
  const others = await openOtherCode();
  const db = await openInMemory();
  const organisation = openSandboxOrganisation(sandbox.url);
  try {
    const handle = await others.begin(ROLLOUT_WORKFLOW, rolloutWorkflowId(ACTION), 'no plan');
    const rolloutId = handle.firstExecutionRunId;
    const hands = await handsOn(sandbox.url);
    await hands.create({
      ...SEEDED_BASELINE,
      name: `${ACTION} v1.5.0`,
      version: '1.5.0',
      metadata: { traffic_split: 20, ab_test_group: 'candidate', version: '1.5.0', rollout_id: rolloutId },
    });
    await others.goOnByOurs();
    await handle.signal('anything');
    await untilHolds('its task fails', async () => {
      const { events } = await handle.fetchHistory();
      return events?.some((event) => event.workflowTaskFailedEventAttributes) === true;
    });
    const announced: unknown[] = [];
    const ports = {
      targets: organisation.targets,
      db,
      now: Date.now,
      onStoreAway: (error: unknown) => {
        throw error;
      },
      announce: (restoring: unknown) => Promise.resolve(void announced.push(restoring)),
    };
    const recovery = await restoreBaseline(ports, others.client, { action: ACTION, by: 'guardian' });
    expect(recovery).toMatchObject({
      kind: 'restored',
      rolloutId,
      ended: 'terminated',
      splitPercent: 20,
      why: expect.stringMatching(
        /its workflow task fails: .*TMPRL1100.* It could never go on, and was ended\.$/i,
      ) as string,
    });
    expect(announced).toEqual([{ action: ACTION, rolloutId, by: 'guardian' }]);
    expect((await handle.describe()).status.name).toBe('TERMINATED');
    const shown = Object.fromEntries(
      (await hands.list()).map(({ version, enabled, metadata }) => [version, [enabled, metadata.traffic_split]]),
    );
    expect(shown).toEqual({ '1.4.0': [true, 100], '1.5.0': [false, 0] });
    // Whoever looks at it once more, as after a crash in between, does not call that a hand's.
    expect(await restoreBaseline(ports, others.client, { action: ACTION, by: 'guardian' })).toMatchObject({
      kind: 'nothing',
      ended: 'terminated',
      byHand: false,
    });
  } finally {
    organisation.close();
    await db.close();
    await others.close();
    await sandbox.close();
  }
});
