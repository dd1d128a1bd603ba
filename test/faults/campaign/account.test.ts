/** An account that finds nothing proves nothing: each thing that it counts stands there twice, or not at all. */
import { takeAccount } from '../../../bench/campaign/account.ts';
import { drawSchedule } from '../../../bench/campaign/draw.ts';
import { endOf } from '../../../bench/campaign/end.ts';
import type { Played, Scene } from '../../../bench/campaign/rollout.ts';
import type { Document } from '../../../bench/observer/documents.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import type { Database } from '../../../src/store/database.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { describePostgres } from '../../helpers/database.ts';

const [planned] = drawSchedule(1, 1).rollouts;
const noExport = <T>(): Promise<T> => Promise.resolve({ entities: [] } as T);

function playedAs(more: Partial<Played>): Played {
  if (planned === undefined) throw new Error('A schedule has rollouts.');
  const { handle } = more;
  if (handle === undefined) return { ...more, planned } as Played;
  return {
    taken: new Set(),
    asked: new Set(),
    acts: 0,
    helped: false,
    waitedFor: '',
    touched: false,
    ...more,
    planned,
    handle,
  };
}

describePostgres('the account of a campaign', (postgres) => {
  let db: Database;
  let url: string;
  beforeEach(async () => {
    url = await postgres().createDatabase();
    db = await openDatabase({ kind: 'pg', url });
  });
  afterEach(() => db.close());

  async function audit(key: string, reason: string, was: string, became: string): Promise<void> {
    await db.tx((trx) =>
      appendAudit(trx, {
        key,
        at: new Date(),
        actor: 'ana',
        act: 'abort',
        reason,
        rolloutId: 'r-1',
        action: planned?.action ?? '',
        before: { phase: was },
        after: { phase: became },
      }),
    );
  }

  test('an act that stands there twice, one that is not there, and an end that came twice', async () => {
    const all = [playedAs({ taken: new Set(['abort 1', 'abort 2']), asked: new Set(['abort 1', 'abort 2']) })];
    await audit('a', 'abort 1', 'baking', 'rollingBack');
    expect(await takeAccount(url, noExport, all)).toEqual({ duplicates: [], missing: ['not on record: abort 2'] });
    await audit('b', 'abort 1', 'baking', 'rollingBack');
    await audit('c', 'ended', 'rollingBack', 'rolledBack');
    await audit('d', 'ended', 'rollingBack', 'rolledBack');
    expect((await takeAccount(url, noExport, all)).duplicates).toEqual([
      `${planned?.action} ended 2 times: rolledBack, rolledBack`,
      'on record 2 times: abort 1',
    ]);
  });

  test('a message and an export that are there twice', async () => {
    await audit('a', 'ended', 'rollingBack', 'rolledBack');
    for (const key of ['m-1', 'm-2'])
      await db.query(
        `insert into message_log (destination, key, rollout_id, event, headline) values ('chat', $1, 'r-1', 'harm', 'It harms')`,
        [key],
      );
    const twice = <T>(): Promise<T> => Promise.resolve({ entities: [{ name: 'ours' }, { name: 'ours' }] } as T);
    expect((await takeAccount(url, twice, [playedAs({ taken: new Set(), asked: new Set() })])).duplicates).toEqual([
      'message sent twice: r-1 harm It harms',
      'export made twice: ours',
    ]);
  });
});

describe('the end of a rollout', () => {
  const versions = (group: string, percent: number): Document[] =>
    [
      { id: '1', name: 'A v1', enabled: true, metadata: { traffic_split: percent, ab_test_group: group } },
    ] as Document[];
  const sceneWith = (said: object, seen: Document[]): Scene =>
    ({
      client: { workflow: { getHandle: () => ({ result: () => Promise.resolve(said) }) } },
      observer: { versions: () => seen },
    }) as unknown as Scene;
  const inStatus = (name: string, more: Partial<Played> = {}): Played =>
    playedAs({ ...more, handle: { describe: () => Promise.resolve({ status: { name } }) } as never });

  test('one that runs has none; one that was terminated has one when a version serves everybody', async () => {
    expect(await endOf(inStatus('RUNNING'), sceneWith({}, []))).toBeNull();
    expect(await endOf(inStatus('TERMINATED'), sceneWith({}, versions('candidate', 50)))).toBeNull();
    expect(await endOf(inStatus('TERMINATED'), sceneWith({}, versions('control', 100)))).toMatchObject({ wrong: [] });
  });

  test('promoted, though it was aborted; rolled back for harm that was none', async () => {
    const aborted = inStatus('COMPLETED', { taken: new Set(['abort 1']) });
    const end = await endOf(aborted, sceneWith({ outcome: 'promoted', reason: 'safe' }, []));
    expect(end?.wrong).toEqual([`${planned?.action}: promoted, though it was aborted`]);
    const alarm = await endOf(
      inStatus('COMPLETED'),
      sceneWith({ outcome: 'rolledBack', reason: 'acceptanceRate harm' }, []),
    );
    expect(alarm?.wrong).toEqual([`${planned?.action}: acceptanceRate harm`]);
  });
});
