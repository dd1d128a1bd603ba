/** `panel cards`: of which versions cards were made, and whether agents could see them. */
import type { Command } from 'commander';
import { withStore } from '../../../compose/store.ts';
import { readPanelStates } from '../../../store/panel/cards.ts';
import type { PanelStates } from '../../../store/panel/cards.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, duration } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { table } from '../../view/table.ts';

const DAY_MS = 86_400_000;

export function panelCards(run: Run): Command {
  const help = {
    description: 'how many cards were made of each version, and whether the panel of their agent was open',
    examples: ['panel cards', 'panel cards --for 1h --json'],
  };
  return createVerb('cards', help)
    .option('--for <duration>', 'made within so long', duration, DAY_MS)
    .option(...JSON_OBJECT)
    .action((options: CardsArgs) => run((deps) => showCards(deps, options)));
}

interface CardsArgs extends JsonOption {
  /** In ms. */
  readonly for: number;
}

async function showCards(deps: Deps, { for: forMs, json }: CardsArgs): Promise<number> {
  const since = new Date(deps.now() - forMs);
  const versions = await withStore(deps, (db) => readPanelStates(db, since));
  if (json) printJson(deps.out, { kind: 'panel-cards', since: since.toISOString(), versions });
  else printLines(deps.out, versions.length === 0 ? ['No card was made.'] : table(COLUMNS, versions.map(rowOf)));
  return EXIT.ok;
}

const COLUMNS = [
  { title: 'action' },
  { title: 'version' },
  ...['cards', 'visible', 'hidden', 'absent', 'never seen'].map((title) => ({ title, right: true })),
];

function rowOf({ action, version, cards, visible, hidden, absent, unseen }: PanelStates): string[] {
  return [action, version, ...[cards, visible, hidden, absent, unseen].map(String)];
}
