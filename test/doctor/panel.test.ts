import { randomUUID } from 'node:crypto';
import { panelChecks } from '../../src/doctor/panel.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { renewInstance, tellTrouble } from '../../src/store/panel/instances.ts';
import { describeEachStore } from '../helpers/database.ts';
import { startPair } from '../store/panel/fixtures.ts';

describeEachStore('what doctor sees of the panel', (db) => {
  const seen = async () => (await runChecks(panelChecks(() => Promise.resolve(db()))))[0];

  test('no card is served, nobody shows one, one process that does, one that loses what should surface', async () => {
    expect(await seen()).toMatchObject({ area: 'panel', level: 'ok', seen: 'no card is served on a panel' });
    const { action } = await startPair(db(), 50);
    expect(await seen()).toMatchObject({
      level: 'error',
      seen: `no panel process is running, so nobody is shown ${action}`,
      wayOut: 'Start `assist-rollouts panel`.',
    });
    const id = randomUUID();
    const seenWith = async (trouble: string | null) => {
      await renewInstance(db(), { id, epoch: 0 });
      await tellTrouble(db(), id, trouble);
      return seen();
    };
    expect(await seenWith(null)).toMatchObject({ level: 'ok', seen: '1 panel process' });
    expect(await seenWith('its channels have no room')).toMatchObject({
      level: 'warning',
      seen: `1 panel process; the process ${id}: its channels have no room`,
    });
    expect(await seenWith(null)).toMatchObject({ level: 'ok' });
  });
});
