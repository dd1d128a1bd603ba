/** `freeze`, `freeze list`: no split rises there, from now until a time. */
import type { Command } from 'commander';
import type { Freeze, FreezeUntil, PastFreeze } from '../../domain/calendar/freeze.ts';
import { scopeText } from '../../domain/calendar/freeze.ts';
import { startInstant } from '../../domain/calendar/start.ts';
import { placeTime } from '../../domain/calendar/words.ts';
import { CLAIMED } from '../../domain/identity/actor.ts';
import { readDuration } from '../../domain/shared/duration.ts';
import { oneLine } from '../../domain/text/printable.ts';
import { AssistError } from '../../configurator/errors.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { addScope, scopeOf } from '../freeze-scope.ts';
import type { ScopeOptions } from '../freeze-scope.ts';
import { BY, JSON_OBJECT, nonEmpty, reasonText } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function freeze(run: Run): Command {
  const help = {
    description:
      'let no split rise, and nothing be promoted or started, until a time; what goes back to safety is never held',
    examples: [
      `freeze --all --until "2027-01-02T08:00 Europe/Berlin" --reason "peak season"`,
      `freeze --action RefundAssist --until 4h --reason "an incident at the payment provider"`,
      'freeze list',
    ],
  };
  // Else it would take the --json of `list` for its own.
  return addScope(createVerb('freeze', help).enablePositionalOptions())
    .option('--until <time>', 'an instant, a local time with its zone, or how long: 4h', nonEmpty)
    .option('--reason <text>', 'why; stands in the audit log and where somebody waits', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT)
    .action((options: FreezeOptions) => run((deps) => setFreeze(deps, options)))
    .addCommand(freezeList(run));
}

interface FreezeOptions extends ScopeOptions, JsonOption {
  readonly until?: string;
  readonly reason?: string;
  readonly by?: string;
}

async function setFreeze(deps: Deps, options: FreezeOptions): Promise<number> {
  const { until, reason } = options;
  if (until === undefined || reason === undefined)
    throw new AssistError(
      'usage',
      `freeze needs --${until === undefined ? 'until' : 'reason'}.`,
      'Say until when, and why: a freeze ends by itself, and whoever waits reads the reason.',
    );
  const scope = scopeOf(options, 'freeze');
  const by = (options.by ?? deps.user).trim();
  const frozen = await (
    await deps.configurator()
  ).freeze({ do: 'freeze', scope, until: untilOf(until), by, reason: reason.trim() });
  if (options.json) printJson(deps.out, { kind: 'freezes', now: frozen.map(shown) });
  else
    printLines(deps.out, [
      ...frozen.map((one) => `Frozen: ${freezeText(one)}`),
      'No split rises there, and nothing is promoted or started; roll backs, aborts and guardrails go on as ever.',
    ]);
  return EXIT.ok;
}

/** So long from now on is counted by the store's clock. */
function untilOf(text: string): FreezeUntil {
  const forMs = readDuration(text.trim());
  if (forMs !== undefined && forMs > 0) return { forMs };
  const at = startInstant(text.trim());
  if ('atMs' in at) return { atMs: at.atMs };
  throw new AssistError(
    'usage',
    `--until is "${text}", which is neither a time nor a duration.`,
    'Write 2027-01-02T08:00Z, "2027-01-02T08:00 Europe/Berlin", or how long: 4h, 30m, 7d.',
  );
}

function freezeList(run: Run): Command {
  const help = {
    description: 'what is frozen now, and what was, newest first',
    examples: ['freeze list', 'freeze list --json'],
  };
  return createVerb('list', help)
    .option(...JSON_OBJECT)
    .action((options: JsonOption) => run((deps) => listFreezes(deps, options)));
}

async function listFreezes(deps: Deps, { json }: JsonOption): Promise<number> {
  const { now, past } = await (await deps.configurator()).freezes();
  if (json) printJson(deps.out, { kind: 'freezes', now: now.map(shown), past: past.map(shownPast) });
  else
    printLines(deps.out, [
      ...(now.length === 0 ? ['Nothing is frozen.'] : now.map((one) => `Frozen: ${freezeText(one)}`)),
      ...past.map((one) => `Over:   ${freezeText(one)}; ${endText(one)}`),
    ]);
  return EXIT.ok;
}

function freezeText({ scope, by, verifiedBy, reason, untilMs }: Freeze): string {
  const who = verifiedBy === null ? `${by} (${CLAIMED})` : by;
  return oneLine(`${scopeText(scope)} until ${placeTime(untilMs, 'UTC')}, by ${who}: ${reason}`);
}

function endText({ endedAtMs, lifted }: PastFreeze): string {
  const at = placeTime(endedAtMs, 'UTC');
  return oneLine(lifted === null ? `ended by itself ${at}` : `lifted ${at} by ${lifted.by}: ${lifted.reason}`);
}

function shown({ fromMs, untilMs, ...rest }: Freeze): object {
  return { ...rest, from: new Date(fromMs).toISOString(), until: new Date(untilMs).toISOString() };
}

function shownPast({ endedAtMs, ...freeze }: PastFreeze): object {
  return { ...shown(freeze), endedAt: new Date(endedAtMs).toISOString() };
}
