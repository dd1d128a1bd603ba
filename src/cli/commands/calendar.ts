/** `calendar <plan|action>`: may its split rise, why, until when, and what comes next. */
import { access } from 'node:fs/promises';
import type { Command } from 'commander';
import { planFiles } from '../../compose/plan-files.ts';
import type { Configurator } from '../../configurator.ts';
import { AssistError } from '../../configurator/errors.ts';
import { reachOf } from '../../domain/calendar/plan-check.ts';
import { actionProblem } from '../../domain/plan/identity.ts';
import type { CalendarQuestion } from '../../domain/calendar/question.ts';
import { startInstant } from '../../domain/calendar/start.ts';
import { placeTime } from '../../domain/calendar/words.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { oneLine } from '../../domain/text/printable.ts';
import { readPlan } from '../../lint/lint.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT } from '../exit-codes.ts';
import { JSON_OBJECT, nonEmpty } from '../options.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';

export function calendar(run: Run): Command {
  const help = {
    description: 'may splits of a plan, or of an action, rise: now or at a time, why, until when, and what comes next',
    examples: [
      'calendar examples/refund-assist-1.5.0.yaml',
      'calendar RefundAssist --at "2026-12-24T10:00 Europe/Berlin"',
    ],
  };
  return createVerb('calendar', help)
    .argument('<plan or action>', 'plan file, or name of an action')
    .option('--at <time>', 'an instant, or a local time with its zone (default: now)', nonEmpty)
    .option(...JSON_OBJECT)
    .action((of: string, options: Omit<CalendarArgs, 'of'>) => run((deps) => show(deps, { of, ...options })));
}

interface CalendarArgs extends JsonOption {
  readonly of: string;
  readonly at?: string;
}

async function show(deps: Deps, { of, at, json }: CalendarArgs): Promise<number> {
  const atMs = at === undefined ? undefined : timeOf(at);
  const isPlan = await isFile(of);
  const problem = isPlan ? null : actionProblem(of);
  if (problem !== null) throw new AssistError('usage', problem, 'Name an action, or the file of a plan.');
  const configurator = await deps.configurator();
  const plan = isPlan ? await readPlan(of, planFiles(deps.env)) : await lastPlan(configurator, of);
  const question: CalendarQuestion =
    plan === null ? { action: of, queues: [], windows: null } : { ...reachOf(plan), windows: plan.policies.windows };
  const view = await configurator.calendar({ ...question, ...(atMs !== undefined && { atMs }) });
  const seenAt = new Date(view.atMs).toISOString();
  const changesAt = view.changesAtMs === null ? null : new Date(view.changesAtMs).toISOString();
  const { open, why, openings } = view;
  if (json)
    printJson(deps.out, { kind: 'calendar', action: question.action, at: seenAt, open, why, changesAt, openings });
  else
    printLines(deps.out, [
      oneLine(`${question.action}, ${placeTime(view.atMs, 'UTC')}: ${why}`),
      ...openings.map((one) => `splits may rise: ${one}`),
      ...(plan === null ? ['No plan of it is known: these are the windows of any queue.'] : []),
    ]);
  return EXIT.ok;
}

/** Of its newest rollout; null where there was none. */
async function lastPlan(configurator: Configurator, action: string): Promise<Plan | null> {
  try {
    return (await configurator.version(action)).plan;
  } catch (error) {
    if (error instanceof AssistError && error.code === 'rollout-not-found') return null;
    throw error;
  }
}

function timeOf(text: string): number {
  const read = startInstant(text.trim());
  if ('atMs' in read) return read.atMs;
  throw new AssistError(
    'usage',
    `--at is "${text}", which is no time.`,
    'Write 2026-12-24T10:00Z, or "2026-12-24T10:00 Europe/Berlin".',
  );
}

async function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => /[./\\]/.test(path),
  );
}
