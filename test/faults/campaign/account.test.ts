/** An account that finds nothing proves nothing: each thing that it counts stands there twice, or not at all. */
import { takeAccount } from '../../../bench/campaign/account.ts';
import { drawSchedule } from '../../../bench/campaign/draw.ts';
import type { Hand, PlannedRollout } from '../../../bench/campaign/draw.ts';
import { endOf } from '../../../bench/campaign/end.ts';
import type { End } from '../../../bench/campaign/end.ts';
import { unansweredHarm } from '../../../bench/campaign/unanswered.ts';
import type { Played, Scene } from '../../../bench/campaign/rollout.ts';
import type { Document } from '../../../bench/observer/documents.ts';
import { appendAudit } from '../../../src/store/audit.ts';
import type { Database } from '../../../src/store/database.ts';
import { describePostgres } from '../../helpers/database.ts';
import { storeEvents } from '../../helpers/store-events.ts';
import { openPatiently } from '../../helpers/patient-store.ts';

/** A good one that no hand touches. */
const planned = drawSchedule(1, 1, ['watch']).rollouts.find(({ kind, hand }) => kind === 'good' && hand === null);
/** Whom no message came to. */
const NOBODY = new Map<string, Set<string>>();
const noExport = <T>(): Promise<T> => Promise.resolve({ entities: [] } as T);

function playedAs(more: Partial<Played>): Played {
  if (planned === undefined) throw new Error('A schedule has rollouts.');
  const { handle } = more;
  if (handle === undefined) return { planned, ...more } as Played;
  return {
    taken: new Set(),
    asked: new Set(),
    acts: 0,
    helpedAtMs: null,
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
    db = await openPatiently(url);
  });
  afterEach(() => db.close());

  async function audit(key: string, reason: string, was: string, became: string, rolloutId = 'r-1'): Promise<void> {
    await db.tx((trx) =>
      appendAudit(trx, {
        key,
        at: new Date(),
        actor: 'ana',
        act: 'abort',
        reason,
        rolloutId,
        action: planned?.action ?? '',
        before: { phase: was },
        after: { phase: became },
      }),
    );
  }

  test('an act that stands there twice, one that is not there, and an end that came twice', async () => {
    const all = [playedAs({ taken: new Set(['abort 1', 'abort 2']), asked: new Set(['abort 1', 'abort 2']) })];
    await audit('a', 'abort 1', 'baking', 'rollingBack');
    expect(await takeAccount(url, noExport, NOBODY, all)).toEqual({
      duplicates: [],
      missing: ['not on record: abort 2'],
    });
    await audit('b', 'abort 1', 'baking', 'rollingBack');
    await audit('c', 'ended', 'rollingBack', 'rolledBack');
    await audit('d', 'ended', 'rollingBack', 'rolledBack');
    expect((await takeAccount(url, noExport, NOBODY, all)).duplicates).toEqual([
      `${planned?.action} ended 2 times: rolledBack, rolledBack`,
      'on record 2 times: abort 1: abort (baking to rollingBack) of run r-1, abort (baking to rollingBack) of run r-1',
    ]);
  });

  test('an act of a run that was reset stands there once for each run', async () => {
    await audit('a', 'resume 1', 'baking', 'baking', 'r-1');
    await audit('b', 'resume 1', 'baking', 'baking', 'r-2');
    const asked = new Set(['resume 1']);
    const after = async (hand: Hand | null) => {
      const all = [playedAs({ asked, taken: new Set(), planned: { ...planned, hand } as PlannedRollout })];
      return (await takeAccount(url, noExport, NOBODY, all)).duplicates;
    };
    expect(await after('reset')).toEqual([]);
    const [line] = await after('cancel');
    expect(line).toContain('on record 2 times: resume 1');
  });

  test('harm that stood in the store long before a person gave it up, and none that came later or not at all', async () => {
    const nowMs = Date.now();
    const cards = Array.from({ length: 200 }, (_, nth) => ({
      id: `event ${nth}`,
      type: 'agentassist.action.dismissed' as const,
      occurredAt: new Date(nowMs - 60_000).toISOString(),
      conversationId: `conversation ${nth}`,
      cardId: `card ${nth}`,
      actionId: 'candidate',
      actionName: 'A',
      version: '1.5.0',
      agentId: `agent ${nth}`,
      queueId: 'queue',
      triggeredAt: new Date(nowMs - 60_000).toISOString(),
      renderedAt: new Date(nowMs - 60_000).toISOString(),
    }));
    await storeEvents(db, cards, { source: 'test', receivedAt: new Date(nowMs - 60_000) });
    const end = (candidateId: string, givenUpAtMs: number): End =>
      ({ action: candidateId, unanswered: { candidateId, givenUpAtMs } }) as End;
    expect(await unansweredHarm(url, [end('candidate', nowMs), end('nobody saw it', nowMs)])).toEqual([
      'candidate: its harm was not answered: 200 cards had come 30 s before',
    ]);
    expect(await unansweredHarm(url, [end('candidate', nowMs - 50_000)])).toEqual([]);
  });

  test('a message and an export that are there twice', async () => {
    const words = { type: 'paused', time: '2026-11-29T12:00:00Z', data: { headline: `${planned?.action} is paused` } };
    const told = new Map([
      ['m-1', new Set([JSON.stringify({ id: 'm-1', ...words })])],
      ['m-2', new Set([JSON.stringify({ id: 'm-2', ...words })])],
      ['m-3', new Set([JSON.stringify({ id: 'm-3', ...words, time: '2026-11-29T12:01:00Z' })])],
    ]);
    const twice = <T>(): Promise<T> => Promise.resolve({ entities: [{ name: 'ours' }, { name: 'ours' }] } as T);
    const all = [playedAs({ taken: new Set(), asked: new Set() })];
    expect((await takeAccount(url, twice, told, all)).duplicates).toEqual([
      `message sent twice, as m-1 and as m-2: ${JSON.stringify(words)}`,
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
