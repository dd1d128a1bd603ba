/** `panel`: the page beside each conversation in the agent's desktop, and the cards on it. */
import type { Command } from 'commander';
import { readConfig } from '../../config.ts';
import { PROCESS_NEEDS } from '../../config/needs.ts';
import { cardRules } from '../../compose/card-rules.ts';
import { openServiceDatabase } from '../../compose/database.ts';
import { untilAborted } from '../../compose/waiting.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { JSON_LINES, portNumber } from '../options.ts';
import { EXIT } from '../exit-codes.ts';
import { assertPortFree } from '../ports.ts';
import { serve } from '../serve.ts';
import { createVerb } from '../verb.ts';
import { panelCards } from './panel/cards.ts';
import type { Run } from '../verb.ts';

export function panel(run: Run): Command {
  const help = {
    description: 'show cards beside conversations in the agent desktop (production; configured by the environment)',
    examples: ['panel --port 8470', 'panel cards'],
  };
  return (
    createVerb('panel', help)
      .option('--port <port>', 'default: PANEL_PORT, else 8470', portNumber)
      .option(...JSON_LINES)
      // Else it would take the --json of the verb below it for its own.
      .enablePositionalOptions()
      .addCommand(panelCards(run))
      .action((options: PanelArgs) => run((deps) => runPanel(deps, options)))
  );
}

interface PanelArgs extends JsonOption {
  readonly port?: number;
}

async function runPanel(deps: Deps, args: PanelArgs): Promise<number> {
  const { env, signal } = deps;
  const config = readConfig(env, PROCESS_NEEDS.panel);
  const settings = { ...config.panel, port: args.port ?? config.panel.port };
  await assertPortFree({ port: settings.port, host: settings.host, what: 'the panel process', option: '--port' });
  return serve(deps, { ...args, service: 'panel' }, async ({ logger, closers, ready }) => {
    const { composePanel } = await import('../../compose/panel.ts');
    const { db, now } = await openServiceDatabase({ url: config.databaseUrl, signal, logger, closers });
    const { url } = await composePanel({
      db,
      genesys: config.genesys,
      panel: settings,
      cardRules: cardRules(env),
      now,
      logger,
      closers,
    });
    ready(
      { process: 'panel', url, pid: process.pid },
      `Panel at ${url}/panel, for browsers ${settings.publicUrl}/panel. Ctrl-C stops it.\n`,
    );
    await untilAborted(signal);
    return EXIT.ok;
  });
}
