/** `undo <action>`: back to a version that was proven before, without a plan, and read back. */
import type { Command } from 'commander';
import { AssistError } from '../../configurator/errors.ts';
import { AWAY } from '../../configurator/follow.ts';
import type { RolloutRef, RolloutView } from '../../configurator/rollouts.ts';
import { timeToUndoText } from '../../domain/rollout/outcome-text.ts';
import { printJson, printLines } from '../deps.ts';
import type { HistoryRow } from '../../domain/registry/question.ts';
import { MAX_HISTORY } from '../../domain/registry/question.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { EXIT, needsPerson } from '../exit-codes.ts';
import { ACTION, BY, JSON_OBJECT, nonEmpty, reasonText } from '../options.ts';
import { abortRunning, REPLACE, runningNow } from '../replace.ts';
import { createVerb } from '../verb.ts';
import type { Run } from '../verb.ts';
import { createWaitWords } from '../wait-words.ts';
import { shownText } from '../view/units.ts';

export function undo(run: Run): Command {
  const help = {
    description: 'back to a version that was proven before, without a plan: the last one, or the one that is named',
    examples: [
      'undo RefundAssist --reason "agents complain"',
      'undo RefundAssist --to 1.3.0 --reason "1.4.0 is wrong as well"',
    ],
  };
  return createVerb('undo', help)
    .argument(...ACTION)
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option('--to <version>', 'which version; none: no card', nonEmpty)
    .option(...REPLACE)
    .option(...BY)
    .option(...JSON_OBJECT)
    .action((action: string, options: Omit<UndoArgs, 'action'>) =>
      run((deps) => undoAction(deps, { action, ...options })),
    );
}

interface UndoArgs extends JsonOption {
  readonly action: string;
  readonly reason: string;
  readonly to?: string;
  readonly by?: string;
  readonly replace?: boolean;
}

async function undoAction(deps: Deps, args: UndoArgs): Promise<number> {
  const configurator = await deps.configurator();
  const act = { by: (args.by ?? deps.user).trim(), reason: args.reason.trim() };
  const to = args.to?.replace(/^v(?=\d)/, '');
  if (args.replace === true) {
    const found = await runningNow(configurator, args.action);
    assertServed(args.action, to, await configurator.history(args.action));
    if (found !== null)
      assertNotUndone(await abortRunning(deps, configurator, { action: args.action, found }, act), to);
  }
  const ref = await configurator.undo(args.action, { ...act, ...(to !== undefined && { to }) });
  const view = await untilKnown(deps, args, ref);
  if (view === null) return EXIT.interrupted;
  const { status } = view;
  if (status.outcome === 'rejected')
    throw new AssistError(
      'undo-refused',
      `Nothing was undone: ${status.reason}`,
      `\`assist-rollouts list\` shows all rollouts, \`history <action>\` what was proven.`,
    );
  if (args.json) printJson(deps.out, { kind: 'rollout', ...view });
  else
    printLines(deps.out, [
      status.outcome === 'undone' ? doneText(view) : `not proven yet: ${shownText(status.waitingFor)}`,
      ...(ref.url === null ? [] : [ref.url]),
    ]);
  return status.outcome === 'undone' ? EXIT.ok : EXIT.needsAttention;
}

/** Two people who undo at once mean the same version: the second would take out the one that the first went back to. */
function assertNotUndone(ended: RolloutView, to: string | undefined): void {
  if (ended.status.outcome !== 'undone' || to !== undefined) return;
  throw new AssistError(
    'undo-refused',
    `${ended.status.action} ${ended.status.version} was undone already while this waited: ${whatServes(ended)}. ` +
      `Nothing else was done. ${shownText(ended.status.reason)}`,
    'Undo again to go back further, or name the version with `--to`.',
  );
}

/** Before what runs is aborted for it: the undo itself looks at proofs, but what never served needs none. */
function assertServed(action: string, to: string | undefined, rows: readonly HistoryRow[]): void {
  if (to === 'none' || rows.length >= MAX_HISTORY) return;
  const served = rows
    .filter(({ outcome }) => outcome !== null)
    .flatMap(({ outcome, version, baselineVersion }) => [
      ...(outcome === 'rejected' || outcome === 'rolledBack' ? [] : [version]),
      ...(baselineVersion === null ? [] : [baselineVersion]),
    ]);
  if (to === undefined ? served.length > 0 : served.includes(to)) return;
  throw new AssistError(
    'undo-refused',
    to === undefined
      ? `No rollout of ${action} has left a version in service before, so there is nothing to go back to; what runs goes on.`
      : `No rollout of ${action} has left ${to} in service before, so it is nothing to go back to; what runs goes on.`,
    `\`assist-rollouts history ${action}\` shows what was rolled out; \`abort\` brings the baseline back.`,
  );
}

/** A roll back that needs a person goes on by itself; this waits no longer then. */
async function untilKnown(deps: Deps, args: UndoArgs, ref: RolloutRef): Promise<RolloutView | null> {
  const { out, signal } = deps;
  const configurator = await deps.configurator();
  const isQuiet = args.json === true;
  const tell = isQuiet ? () => undefined : createWaitWords(out);
  let isTold = isQuiet;
  try {
    for await (const view of configurator.followRollout(args.action, {
      runId: ref.runId,
      pollMs: 250,
      signal,
      onTrouble: (error) => out.stderr(`${error.message}\n`),
    })) {
      const { safety, phase } = view.status;
      if (!isTold && safety !== null) {
        isTold = true;
        out.stderr(`${whatServes(view)}, read back; waiting until no card of ${view.status.version} comes any more\n`);
      }
      if (!view.running || needsPerson(phase)) return view;
      if (safety === null) tell(view);
    }
  } catch (error) {
    throw asStillAsked(error, args.action, ref);
  }
  return null;
}

/** It was begun, whatever becomes of looking at it. */
function asStillAsked(error: unknown, action: string, { runId }: RolloutRef): unknown {
  if (!(error instanceof AssistError) || !AWAY.has(error.code)) return error;
  return new AssistError(
    error.code,
    `The undo of ${action} is begun (run ${runId}) and goes on by itself; how far it is cannot be seen: ${error.message}`,
    `\`assist-rollouts status "${action}"\` shows it as soon as that is mended. ${error.remedy}`,
    { cause: error },
  );
}

function whatServes({ status: { action, deployment, baselineVersion } }: RolloutView): string {
  return deployment !== null && deployment.baseline === null
    ? `${action} shows no card`
    : `${action} ${baselineVersion ?? ''} serves alone`;
}

function doneText(view: RolloutView): string {
  const { reason, safety } = view.status;
  return `undone: ${whatServes(view)}${safety === null ? '' : `; ${timeToUndoText(safety)}`}. ${shownText(reason)}`;
}
