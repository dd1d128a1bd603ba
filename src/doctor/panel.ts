/** The processes that show cards on a panel: that one runs where it must, and what they say of themselves. Reads alone. */
import { maySurface } from '../domain/split/turn.ts';
import type { Database } from '../store/database.ts';
import { livingProcesses } from '../store/panel/instances.ts';
import type { PanelProcess } from '../store/panel/instances.ts';
import { readSplits } from '../store/panel/splits.ts';
import type { Seen } from './finding.ts';
import type { Check } from './run-checks.ts';

const CHECK = 'cards';
const EXPECTED = 'what should surface a card surfaces one';

export function panelChecks(open: () => Promise<Database>): Check[] {
  return [{ area: 'panel', name: CHECK, expected: EXPECTED, look: async () => cardsSeen(await open()) }];
}

async function cardsSeen(db: Database): Promise<Seen> {
  const [{ splits }, processes] = await Promise.all([readSplits(db), livingProcesses(db)]);
  const served = splits.filter(({ arms }) => arms.some(maySurface)).map(({ action }) => action);
  if (served.length === 0) return { check: CHECK, level: 'ok', seen: 'no card is served on a panel' };
  if (processes.length === 0)
    return {
      check: CHECK,
      level: 'error',
      seen: `no panel process is running, so nobody is shown ${served.join(', ')}`,
      expected: 'at least one',
      wayOut: 'Start `assist-rollouts panel`.',
    };
  return processesSeen(processes);
}

function processesSeen(processes: readonly PanelProcess[]): Seen {
  const troubles = processes.flatMap(({ id, trouble }) => (trouble === null ? [] : [`the process ${id}: ${trouble}`]));
  const running = `${processes.length} panel process${processes.length === 1 ? '' : 'es'}`;
  if (troubles.length === 0) return { check: CHECK, level: 'ok', seen: running };
  return {
    check: CHECK,
    level: 'warning',
    seen: `${running}; ${troubles.join('; ')}`,
    expected: EXPECTED,
    wayOut: 'See PanelLosesCards in docs/runbook.md.',
  };
}
