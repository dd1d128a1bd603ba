/**
 * Random sequences of acts, verdicts, faults and time, two people at once, on a real Temporal server; each ends in an
 * abort, or is let go to its end, and is then held against the rules. A failure prints its seed and the
 * sequence that breaks; `MODEL_SEED` and `MODEL_RUNS` take it again.
 */
import fc from 'fast-check';
import type { Plan } from '../../src/domain/plan/plan.ts';
import { isTerminal } from '../../src/domain/rollout/status.ts';
import { ACT_UPDATES, statusQuery } from '../../src/workflows/messages.ts';
import { PATIENCE_MS } from '../helpers/patience.ts';
import type { Harness } from '../helpers/rollout-harness.ts';
import { activitiesOf, quickPlan, ScriptedOrganisation, startHarness } from '../helpers/rollout-harness.ts';
import type { Real } from './model/commands.ts';
import { commands, sleep } from './model/commands.ts';
import { happenings } from './model/history.ts';
import { broken } from './model/rules.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 8);
const SEED = process.env['MODEL_SEED'];
/** Under whose name the harness starts. */
const STARTER = 'test';

/** Whether everybody had a card at each of its states. */
class WatchedOrganisation extends ScriptedOrganisation {
  wasCovered = true;

  override state(): ReturnType<ScriptedOrganisation['state']> {
    const state = super.state();
    this.wasCovered &&= state.covered;
    return state;
  }
}

let org: WatchedOrganisation;
let harness: Harness;

beforeAll(async () => {
  harness = await startHarness(activitiesOf(() => org));
});
afterAll(() => harness.close());

test(
  'whatever befalls a rollout, it ends, and its end is true',
  async () => {
    await fc.assert(
      fc.asyncProperty(commands, fc.boolean(), fc.boolean(), async (given, withApproval, isAborted) => {
        org = new WatchedOrganisation();
        const handle = await harness.start(planOf(withApproval));
        const real: Real = { handle, org, harness };
        await fc.asyncModelRun(() => ({ model: {}, real }), given);
        const { outcome } = await (isAborted ? abort(real) : letGo(real));
        const ended = { happenings: await happenings(handle), org, outcome, starter: STARTER };
        expect([...broken(ended), ...(org.wasCovered ? [] : ['somebody had no card'])]).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true, ...(SEED !== undefined && { seed: Number(SEED) }) },
    );
  },
  RUNS * 20_000 + PATIENCE_MS,
);

function planOf(withApproval: boolean): Plan {
  const plan = quickPlan();
  const approve = {
    kind: 'approve',
    reason: 'leads',
    timeoutMs: 60_000,
    onTimeout: 'rollback',
    notStarter: true,
  } as const;
  return withApproval ? { ...plan, steps: [...plan.steps.slice(0, 2), approve, ...plan.steps.slice(2)] } : plan;
}

async function abort({ handle }: Real) {
  await handle.executeUpdate(ACT_UPDATES.abort, { args: [{ by: 'ana', reason: 'the end' }] }).catch(() => undefined);
  return inTime(handle.result());
}

/** The judge says safe, and somebody else answers whatever is asked. */
async function letGo({ handle, org: organisation }: Real) {
  organisation.verdict = 'safe';
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline;) {
    const { phase, paused } = await handle.query(statusQuery);
    if (isTerminal(phase)) break;
    for (const act of paused ? (['resume', 'approve'] as const) : (['approve'] as const))
      await handle
        .executeUpdate(ACT_UPDATES[act], { args: [{ by: 'cleo', reason: 'go on to the end' }] })
        .catch(() => undefined);
    await sleep(100);
  }
  return inTime(handle.result());
}

async function inTime<T>(result: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('stuck: it does not end')), PATIENCE_MS);
  });
  return Promise.race([result, late]).finally(() => clearTimeout(timer));
}
