/** The command line: its verbs, one file each. */
import { Command } from 'commander';
import { nearestWords } from '../domain/plan/did-you-mean.ts';
import { EXIT_HELP } from './exit-codes.ts';
import type { Run } from './verb.ts';
import { calledElsewhere, groupOf, inOrder } from './verb-groups.ts';

type Load = () => Promise<(run: Run) => Command>;

/** Only the verb that was named is loaded: some take longer to load than `list` to answer. */
const VERBS: ReadonlyMap<string, Load> = new Map<string, Load>([
  ['demo', async () => (await import('./commands/demo.ts')).demo],
  ['dev', async () => (await import('./commands/dev.ts')).dev],
  ['worker', async () => (await import('./commands/worker.ts')).worker],
  ['events', async () => (await import('./commands/events.ts')).events],
  ['panel', async () => (await import('./commands/panel.ts')).panel],
  ['api', async () => (await import('./commands/api.ts')).api],
  ['console', async () => (await import('./commands/console.ts')).consolePages],
  ['responder', async () => (await import('./commands/responder.ts')).responder],
  ['forward', async () => (await import('./commands/forward.ts')).forward],
  ['export', async () => (await import('./commands/export.ts')).eventExport],
  ['sandbox', async () => (await import('./commands/sandbox.ts')).sandbox],
  ['config', async () => (await import('./commands/config.ts')).config],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctor],
  ['organisation', async () => (await import('./commands/organisation.ts')).organisation],
  ['start', async () => (await import('./commands/start.ts')).start],
  ['status', async () => (await import('./commands/status.ts')).status],
  ['watch', async () => (await import('./commands/watch.ts')).watch],
  ['list', async () => (await import('./commands/list.ts')).list],
  ['history', async () => (await import('./commands/history.ts')).history],
  ['show', async () => (await import('./commands/show.ts')).show],
  ['waves', async () => (await import('./commands/waves.ts')).waves],
  ['notify', async () => (await import('./commands/notify.ts')).notify],
  ['audit', async () => (await import('./commands/audit.ts')).audit],
  ['retention', async () => (await import('./commands/retention.ts')).retention],
  ['database', async () => (await import('./commands/database.ts')).database],
  ['builds', async () => (await import('./commands/builds.ts')).builds],
  ['pause', async () => (await import('./commands/pause.ts')).pause],
  ['resume', async () => (await import('./commands/resume.ts')).resume],
  ['approve', async () => (await import('./commands/approve.ts')).approve],
  ['withdraw', async () => (await import('./commands/withdraw.ts')).withdraw],
  ['advance', async () => (await import('./commands/advance.ts')).advance],
  ['promote', async () => (await import('./commands/promote.ts')).promote],
  ['override', async () => (await import('./commands/override.ts')).override],
  ['abort', async () => (await import('./commands/abort.ts')).abort],
  ['freeze', async () => (await import('./commands/freeze.ts')).freeze],
  ['unfreeze', async () => (await import('./commands/unfreeze.ts')).unfreeze],
  ['calendar', async () => (await import('./commands/calendar.ts')).calendar],
  ['retry', async () => (await import('./commands/retry.ts')).retry],
  ['restart', async () => (await import('./commands/restart.ts')).restart],
  ['undo', async () => (await import('./commands/undo.ts')).undo],
  ['login', async () => (await import('./commands/login.ts')).login],
  ['logout', async () => (await import('./commands/logout.ts')).logout],
  ['operator', async () => (await import('./commands/operator.ts')).operator],
  ['recover', async () => (await import('./commands/recover.ts')).recover],
  ['judge', async () => (await import('./commands/judge.ts')).judge],
  ['lint', async () => (await import('./commands/lint.ts')).lint],
  ['preview', async () => (await import('./commands/preview.ts')).preview],
  ['diff', async () => (await import('./commands/diff.ts')).diff],
  ['pipeline', async () => (await import('./commands/pipeline.ts')).pipeline],
  ['forecast', async () => (await import('./commands/forecast.ts')).forecast],
  ['report', async () => (await import('./commands/report.ts')).report],
  ['explain', async () => (await import('./commands/explain.ts')).explain],
  ['triggers', async () => (await import('./commands/triggers.ts')).triggers],
  ['completion', async () => (await import('./commands/completion.ts')).completion],
]);

/** With `named` alone where that is a verb, with none for the version, else with all of them. */
export async function createProgram(version: string, run: Run, named: string | undefined): Promise<Command> {
  const program = new Command('assist-rollouts')
    .description(
      'Rolls out new versions of Genesys Cloud Agent Assist cards, step by step, and rolls back what does harm.\n\n' +
        'Start here: `assist-rollouts demo` shows it; `assist-rollouts dev`, and in another terminal `assist-rollouts ' +
        'start examples/demo/1.5.0.yaml --watch`, is yours. All of it in an hour: docs/guide.md.',
    )
    .version(version)
    // Taken before anything else is read: first-options.ts.
    .option('--api <url>', 'act through this api process; as ASSIST_API_URL')
    .option('--config <file>', 'of the configuration; as ASSIST_ROLLOUTS_CONFIG')
    // Else a verb would take the --json of the verbs below it for its own.
    .enablePositionalOptions()
    .addHelpText('after', EXIT_HELP);
  for (const [verb, load] of verbsFor(named)) program.addCommand((await load())(run).helpGroup(`${groupOf(verb)}:`));
  return program;
}

function verbsFor(named = ''): readonly (readonly [string, Load])[] {
  if (named === '--version' || named === '-V') return [];
  const one = VERBS.get(named);
  return one === undefined ? grouped() : [[named, one]];
}

/** In the order of `--help`: by heading, as they first appear, so that related verbs stand together. */
function grouped(): readonly (readonly [string, Load])[] {
  return VERB_NAMES.flatMap((verb) => {
    const load = VERBS.get(verb);
    return load === undefined ? [] : [[verb, load] as const];
  });
}

export const VERB_NAMES: readonly string[] = inOrder([...VERBS.keys()]);

/** What is wrong with the first word, with the nearest verbs; null: nothing, or it is an option. */
export function unknownVerb(word: string | undefined): string | null {
  if (word === undefined || word.startsWith('-') || word === 'help' || VERBS.has(word)) return null;
  const near = [
    ...new Set([
      ...calledElsewhere(word),
      ...nearestWords(word, VERB_NAMES),
      ...VERB_NAMES.filter((verb) => word.length > 1 && verb.startsWith(word)),
    ]),
  ].slice(0, MAX_NEAR);
  return `unknown command '${word}'.${near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`}`;
}

const MAX_NEAR = 3;
