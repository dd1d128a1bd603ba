/**
 * Runs one rollout of each kind and keeps its history. `RECORD_HISTORIES=<release> npx jest test/replay` writes a new
 * set.
 */
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ACT_UPDATES } from '../../src/workflows/messages.ts';
import type { Harness, RolloutHandle } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';

const who = { by: 'ana', reason: 'recorded for the replay' };
const split = { kind: 'setSplit', percent: 10 } as const;
const hour = 3_600_000;
const longBake = { kind: 'bake', forMs: hour, atMostMs: hour, minCards: 0, require: 'noHarm' } as const;

type Scene = (org: ScriptedOrganisation, harness: Harness) => Promise<RolloutHandle>;

const SCENES: Record<string, Scene> = {
  promoted: (_, harness) => harness.start(quickPlan()),
  'rolled-back-on-harm': (org, harness) => {
    org.verdict = 'harm';
    return harness.start(quickPlan());
  },
  'aborted-in-bake': async (_, harness) => {
    const handle = await harness.start(quickPlan({ steps: [split, longBake] }));
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    await handle.executeUpdate(ACT_UPDATES.abort, { args: [who] });
    return handle;
  },
  'paused-resumed-advanced-promoted': async (_, harness) => {
    const handle = await harness.start(
      quickPlan({ steps: [split, longBake, { kind: 'setSplit', percent: 50 }, longBake] }),
    );
    await harness.statusWhen(handle, ({ phase }) => phase === 'baking');
    for (const update of [ACT_UPDATES.pause, ACT_UPDATES.resume, ACT_UPDATES.advance])
      await handle.executeUpdate(update, { args: [who] });
    await harness.statusWhen(handle, ({ phase, splitPercent }) => phase === 'baking' && splitPercent === 50);
    await handle.executeUpdate(ACT_UPDATES.promote, { args: [who] });
    return handle;
  },
  'approved-then-held-then-promoted': async (org, harness) => {
    org.verdict = 'undecided';
    const approve = { kind: 'approve', reason: 'leads', timeoutMs: hour, onTimeout: 'rollback' } as const;
    const handle = await harness.start(
      quickPlan({ steps: [split, approve, { ...longBake, forMs: 100, atMostMs: 200, require: 'safe' }] }),
    );
    await harness.statusWhen(handle, ({ canDo }) => canDo.includes('approve'));
    await handle.executeUpdate(ACT_UPDATES.approve, { args: [who] });
    await harness.statusWhen(handle, ({ phase }) => phase === 'held');
    org.verdict = 'safe';
    return handle;
  },
  'untrusted-paused-cancelled': async (org, harness) => {
    org.verdict = 'untrusted';
    const handle = await harness.start(quickPlan({ steps: [split, longBake] }));
    await harness.statusWhen(handle, ({ paused }) => paused);
    await handle.cancel();
    return handle;
  },
  rejected: (org, harness) => {
    const plan = quickPlan();
    const activities = org.activities();
    org.activities = () => ({
      ...activities,
      validate: async () => ({
        problems: [{ code: 'csp-eval', severity: 'error', path: 'action.html', message: 'eval', remedy: 'remove it' }],
      }),
    });
    return harness.start(plan);
  },
};

export async function recordHistories(folder: string, release: string): Promise<void> {
  let org = new ScriptedOrganisation();
  const harness = await startHarness(activitiesOf(() => org));
  try {
    for (const [name, scene] of Object.entries(SCENES)) {
      org = new ScriptedOrganisation();
      const handle = await scene(org, harness);
      await handle.result();
      await writeFile(
        join(folder, `${release}-${name}.json`),
        withoutIdentity(historyToJSON(await handle.fetchHistory())),
      );
    }
  } finally {
    await harness.close();
  }
}

/** Process and host names say nothing about the workflow. */
function withoutIdentity(json: string): string {
  return `${JSON.stringify(JSON.parse(json), (key, value: unknown) => (key === 'identity' ? 'worker' : value))}\n`;
}
