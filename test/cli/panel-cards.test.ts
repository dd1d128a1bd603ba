import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.ts';
import { addCards } from '../../src/store/panel/cards.ts';
import { cardOf, startPair } from '../store/panel/fixtures.ts';
import { cli } from './fixtures.ts';

test('panel cards tells of each version how many cards could not be seen', async () => {
  const home = await mkdtemp(join(tmpdir(), 'panel-cards-'));
  try {
    const db = await openDatabase({ kind: 'pglite', dataDir: join(home, 'database') });
    const { action, candidate } = await startPair(db, 100);
    await addCards(db, [cardOf(candidate), cardOf(candidate)]);
    await db.close();
    const env = { ASSIST_ROLLOUTS_HOME: home };
    const { code, stdout } = await cli(['panel', 'cards', '--json'], { env });
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { kind: 'panel-cards', versions: [{ action, version: '2', cards: 2, visible: 0, absent: 2, unseen: 2 }] },
    ]);
    expect((await cli(['panel', 'cards'], { env })).stdout).toMatch(/never seen\n.*\b2 +2 +0 +0 +2 +2\n/);
    expect((await cli(['panel', 'cards', '--for', '1ms'], { env })).stdout).toBe('No card was made.\n');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
