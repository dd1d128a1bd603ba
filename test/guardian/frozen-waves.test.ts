/** Waves whose history does not replay: the guardian finds them on a real server, and takes them back to where they go on. */
import { findingsIn } from '../../src/domain/guardian/findings.ts';
import { GUARDIAN_RULES } from '../../src/domain/guardian/seen.ts';
import { lookAround } from '../../src/guardian/look.ts';
import { actOn } from '../../src/guardian/say.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Database } from '../../src/store/database.ts';
import { WAVES_WORKFLOW, wavesStatusQuery, wavesWorkflowId } from '../../src/workflows/messages.ts';
import { noSurveyor } from '../helpers/arms.ts';
import { openInMemory } from '../helpers/in-memory.ts';
import { untilHolds } from '../helpers/outside.ts';
import { wavesOf } from '../helpers/waves.ts';
import type { OtherCode } from './other-code.ts';
import { openOtherCode } from './other-code.ts';

jest.setTimeout(240_000);

let otherCode: OtherCode;
let db: Database;

beforeAll(async () => {
  otherCode = await openOtherCode();
  db = await openInMemory();
});
afterAll(async () => {
  await db.close();
  await otherCode.close();
});

test('waves that do not replay go on from the last task that was done, and that is on record', async () => {
  const { given } = wavesOf([['a']]);
  const { client } = otherCode;
  const handle = await otherCode.begin(WAVES_WORKFLOW, wavesWorkflowId(given.name), { waves: given, startedBy: 'ana' });
  await otherCode.goOnByOurs();
  await handle.signal('anything');
  const deps = {
    db,
    now: Date.now,
    mode: 'restore' as const,
    targets: { all: () => [] },
    surveyor: noSurveyor,
    webhook: { publicUrl: '', signingSecret: '' },
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    onStoreAway: (error: unknown) => {
      throw error;
    },
  };
  const look = async () => findingsIn(await lookAround(deps, client, Date.now()), { ...GUARDIAN_RULES, frozenMs: 0 });
  await untilHolds('they are found', async () => (await look()).length > 0);
  const [finding, ...others] = await look();
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    kind: 'frozen',
    remedy: 'reset',
    key: `frozen/waves/${given.name}/${handle.firstExecutionRunId}/4`,
    sentence: expect.stringMatching(/do nothing: their workflow task fails: .*TMPRL1100/) as string,
  });
  // A worker that may only say it does so first.
  for (const mode of ['alarm', 'restore', 'restore'] as const)
    if (finding !== undefined) await actOn({ ...deps, mode }, client, finding);
  const again = client.workflow.getHandle(wavesWorkflowId(given.name));
  expect(await again.query(wavesStatusQuery)).toMatchObject({ phase: 'running' });
  expect((await again.describe()).runId).not.toBe(handle.firstExecutionRunId);
  expect((await listAudit(db)).map(({ act, actor, details }) => [act, actor, details])).toMatchObject([
    ['frozen', 'guardian', { remedy: 'alarm' }],
    ['frozen', 'guardian', { remedy: 'reset' }],
  ]);
  expect(await look()).toEqual([]);
});
