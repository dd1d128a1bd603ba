/** `pause`, `resume`, `approve`, `withdraw`, `advance`, `promote`, `override`, `abort`: a person acts, with a name and a reason, on record. */
import type { Command } from 'commander';
import type { Configurator } from '../configurator.ts';
import type { ActResult } from '../configurator/acts.ts';
import { AssistError } from '../configurator/errors.ts';
import type { Act } from '../domain/rollout/acts.ts';
import { isBeforeSteps } from '../domain/rollout/acts.ts';
import type { Phase } from '../domain/rollout/status.ts';
import { canName, shownNumbers } from '../domain/rollout/shown.ts';
import type { WavesActName } from '../domain/waves/state.ts';
import type { HumanAct, RolloutStatus } from '../workflows/messages.ts';
import { actOnAll } from './act-on-all.ts';
import { confirm, YES } from './confirm.ts';
import { printJson, printLines } from './deps.ts';
import type { Deps, JsonOption } from './deps.ts';
import { EXIT } from './exit-codes.ts';
import { ACTION, actionName, BY, JSON_OBJECT, reasonText, wholeNumber } from './options.ts';
import { createVerb } from './verb.ts';
import type { Run, VerbHelp } from './verb.ts';

export interface ActHelp extends VerbHelp {
  /** What the rollout does once it has taken the act: "RefundAssist 1.6.0 …". */
  readonly follows: string;
}

/** The verb of one act. */
export function createActVerb(name: Act, { follows, ...help }: ActHelp, run: Run): Command {
  return actVerb(name, help).action((action: string, options: ActOptions) =>
    run((deps) => act(deps, { name, action, follows, ...options })),
  );
}

/** As createActVerb; it also takes `--all`, which is confirmed, for it reaches what the person does not see. */
export function createWideActVerb(name: WavesActName, { follows, ...help }: ActHelp, run: Run): Command {
  return namingShown(name, createVerb(name, help).argument('[action]', 'name of the action', actionName))
    .option('--all', 'every rollout that runs, and waves')
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...YES)
    .option(...JSON_OBJECT)
    .action((action: string | undefined, options: WideOptions) =>
      run((deps) => wideAct(deps, { name, action, follows, ...options })),
    );
}

interface WideOptions extends ActOptions {
  readonly all?: true;
  readonly yes?: true;
}

async function wideAct(
  deps: Deps,
  {
    action,
    all,
    yes,
    ...args
  }: WideOptions & Omit<ActArgs, 'action' | 'name'> & { name: WavesActName; action: string | undefined },
): Promise<number> {
  if ((action === undefined) !== (all === true))
    throw new AssistError(
      'usage',
      action === undefined ? 'Neither an action nor --all is given.' : 'Both an action and --all are given.',
      `Nothing was done; say which rollout to ${args.name}, or --all.`,
    );
  if (action !== undefined) return act(deps, { ...args, action });
  if (args.pause !== undefined)
    throw new AssistError(
      'usage',
      'Both --pause and --all are given.',
      `Nothing was done; a pause is one rollout's: ${args.name} it by its action.`,
    );
  const says = [`This will ${args.name} every rollout that runs.`];
  await confirm(deps, { typed: 'all', isWhat: '"all"', command: `${args.name} --all`, says, yes: yes === true });
  return actOnAll(deps, args.name, personOf(deps, args), args);
}

/** What every act takes; what else it takes and does is its own. */
export function actVerb(name: Act, help: VerbHelp): Command {
  return namingShown(name, createVerb(name, help).argument(...ACTION))
    .requiredOption('--reason <text>', 'why; stands in the audit log', reasonText)
    .option(...BY)
    .option(...JSON_OBJECT);
}

/** What the act is about, by what its kind can name; left out, it is what the status shows now. */
function namingShown(name: Act, verb: Command): Command {
  const { pause, step } = canName(name);
  if (step) verb.option('--step <number>', 'the step it is about; refused if another is at hand', wholeNumber(1, 999));
  if (pause)
    verb.option('--pause <number>', 'the pause it is about; refused if another came since', wholeNumber(0, 999_999));
  return verb;
}

export interface ActOptions extends JsonOption {
  readonly reason: string;
  readonly by?: string;
  readonly pause?: number;
  readonly step?: number;
}

interface ActArgs extends ActOptions {
  readonly name: Act;
  readonly action: string;
  readonly follows: string;
  /** What the act says beside name and reason. */
  readonly more?: Omit<HumanAct, 'by' | 'reason' | 'signature'>;
  /** The run that whoever acts was shown; absent: the one at hand. */
  readonly runId?: string;
}

function personOf(deps: Deps, args: ActOptions): HumanAct {
  const reason = args.reason.trim();
  const by = (args.by ?? deps.user).trim();
  if (reason === '' || by === '') {
    throw new AssistError(
      'usage',
      `--${reason === '' ? 'reason' : 'by'} is empty.`,
      'Say who acts and why: it stands in the audit log.',
    );
  }
  return { by, reason };
}

export async function act(deps: Deps, args: ActArgs): Promise<number> {
  const person = personOf(deps, args);
  const configurator = await deps.configurator();
  const { pausedFor, runId, ...shown } = await shownTo(configurator, args);
  const result = await configurator.act(args.name, args.action, { ...person, ...args.more, ...shown }, runId);
  if (args.json) printJson(deps.out, { kind: 'rollout', ...result });
  else
    printLines(deps.out, [
      resultText(args, result),
      ...(pausedFor === undefined ? [] : [`It was paused for this: ${pausedFor}`]),
      ...(result.url === null ? [] : [result.url]),
    ]);
  return EXIT.ok;
}

interface Shown extends Pick<HumanAct, 'step'> {
  readonly pause?: number;
  /** Why it is paused, where whoever acts named no pause. */
  readonly pausedFor?: string;
  readonly runId?: string;
}

/** What the act is about: as named, else as it stands now; another pause, step or run that comes before it refuses it. */
async function shownTo(configurator: Configurator, { name, action, pause, step, runId }: ActArgs): Promise<Shown> {
  const names = canName(name);
  const given = {
    ...(pause !== undefined && { pause }),
    ...(step !== undefined && { step }),
    ...(runId !== undefined && { runId }),
  };
  if ((!names.pause || pause !== undefined) && (!names.step || step !== undefined)) return given;
  const seen = await configurator.status(action, runId).catch((error: unknown) => {
    if (!(error instanceof AssistError) || error.code !== 'no-worker') throw error;
    const { code, message, remedy } = error;
    throw new AssistError(code, `${message} Your ${name} was NOT taken.`, remedy, { cause: error });
  });
  const { status } = seen;
  return {
    ...shownNumbers(name, status),
    runId: seen.runId,
    ...given,
    ...(names.pause && pause === undefined && status.paused && { pausedFor: status.reason }),
  };
}

function storedText(name: string, action: string, build: string | undefined): string {
  const [who, whom] = build === undefined ? ['worker', 'a worker'] : [`worker of build ${build}`, 'one'];
  const move =
    build === undefined
      ? ''
      : ` Where none can be had any more, \`assist-rollouts builds move "${action}" --to <build> --reason ...\` lets it go on by another.`;
  return (
    `${name}: stored. No ${who} has answered, so Temporal keeps it: it takes effect as soon as ${whom} runs.${move} ` +
    `\`assist-rollouts status ${action}\` will show it.`
  );
}

function resultText({ name, action, follows }: ActArgs, result: ActResult): string {
  if (result.delivered === 'stored') return storedText(name, action, result.build);
  const { status } = result;
  if (name === 'withdraw' || (name === 'approve' && status.canDo.includes('approve')))
    return `${name}: accepted. ${status.action} ${status.version} waits for ${status.waitingFor}.`;
  if (name === 'abort' && isBeforeSteps(status.phase)) return calledOffText(action, status);
  if (name === 'resume' && !status.paused)
    return `resume: accepted. ${status.action} ${status.version} is no longer paused, and waits for ${status.waitingFor}.`;
  const paused = status.paused ? ' It is still paused: `resume` lets it go on.' : '';
  return (
    `${name}: accepted. ${status.action} ${status.version} ${follows}.${name === 'pause' ? '' : paused} ` +
    `Follow it with \`assist-rollouts watch ${action}\`.`
  );
}

/** Nothing serves yet, so there is nothing to roll back. */
function calledOffText(action: string, { action: name, version, phase, isUndo }: RolloutStatus): string {
  const what = [isUndo ? 'the undo of' : '', name, version].filter((part) => part !== '').join(' ');
  return `abort: accepted. ${what} ${becomes(phase, isUndo === true)}. See it with \`assist-rollouts status ${action}\`.`;
}

function becomes(phase: Phase, isUndo: boolean): string {
  if (phase !== 'deploying') return 'is called off: nothing was written, and it ends as rejected';
  return isUndo
    ? 'is called off: what serves goes on, and what was deployed again, if anything, stays at split 0, where nobody sees it'
    : 'ends before agents see it; what was deployed is taken back';
}
