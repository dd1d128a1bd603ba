/** `judge replay`: a plan on past cards (A/A), or the looks of a past rollout judged by other guardrails. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { decisionRecordOf } from '../../../configurator/decision-record.ts';
import type { RolloutRecord } from '../../../configurator/decision-record.ts';
import { AssistError } from '../../../configurator/errors.ts';
import { withStore } from '../../../compose/store.ts';
import { noCardIn } from '../../../domain/plan/no-card.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { replayOnce, replayResult, replaySentences } from '../../../domain/replay/aa.ts';
import type { Repetitions } from '../../../domain/replay/aa.ts';
import { parseEffect, treatmentOf } from '../../../domain/replay/effect.ts';
import type { PastTraffic, Unit } from '../../../domain/replay/past-cards.ts';
import { setFields } from '../../../domain/replay/set-fields.ts';
import { usualPlan } from '../../../domain/replay/usual-plan.ts';
import { whatIf, whatIfSentence } from '../../../domain/replay/what-if.ts';
import type { Judged } from '../../../domain/judge/resume.ts';
import type { Rehearsal } from '../../../domain/rollout/rehearse.ts';
import { readPlan } from '../../../lint/lint.ts';
import { actionOfRollout } from '../../../store/past-cards.ts';
import type { Span } from '../../../store/past-cards.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { EXIT } from '../../exit-codes.ts';
import { instantOf } from '../../instant.ts';
import { JSON_OBJECT, nonEmpty, wholeNumber } from '../../options.ts';
import { readRecord } from '../../sources/decision-record.ts';
import { readPastBaseline } from '../../sources/past-traffic.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { aaLines, whatIfLines } from '../../view/judge-replay-view.ts';
import { planFiles } from '../../../compose/plan-files.ts';

export function judgeReplay(run: Run): Command {
  const help = {
    description: "how often a plan is wrong on your own baseline's cards (A/A), or a past rollout judged otherwise",
    examples: [
      'judge replay --from 7d --plan examples/refund-assist-1.5.0.yaml --aa 200',
      'judge replay --from 7d --action RefundAssist --effect acceptanceRate=-20%',
      'judge replay --rollout 0198f7a0 --set alpha=0.001',
    ],
  };
  return createVerb('replay', help)
    .option('--from <when>', 'cards from then on: an instant, or how long ago: 7d', nonEmpty)
    .option('--to <when>', 'the same; now if left out', nonEmpty)
    .option('--aa <number>', 'random splits of them', wholeNumber(1, 100_000), 200)
    .option('--plan <plan>', 'plan file (default: two usual steps and guardrails)', nonEmpty)
    .option('--action <name>', "the plan's action if left out", nonEmpty)
    .option('--by <unit>', 'what is in one arm as a whole: conversation or agent', unit, 'conversation')
    .option('--effect <change>', "put into the candidate's cards, as acceptanceRate=-10%", nonEmpty)
    .option('--seed <number>', 'of the splits', wholeNumber(0, 999_999_999), 1)
    .option('--rollout <id>', 'instead: judge the looks of this rollout again', nonEmpty)
    .option('--record <file>', 'the same, of a record written with explain --out', nonEmpty)
    .option('--set <field=value...>', 'of the guardrails: alpha=0.001, acceptanceRate.margin=20%')
    .option(...JSON_OBJECT)
    .action((options: ReplayArgs) => run((deps) => replay(deps, options)));
}

interface ReplayArgs extends JsonOption {
  readonly from?: string;
  readonly to?: string;
  readonly aa: number;
  readonly plan?: string;
  readonly action?: string;
  readonly by: Unit;
  readonly effect?: string;
  readonly seed: number;
  readonly rollout?: string;
  readonly record?: string;
  readonly set?: readonly string[];
}

function replay(deps: Deps, args: ReplayArgs): Promise<number> {
  const { from, rollout, record } = args;
  const asked = [from, rollout, record].filter((one) => one !== undefined);
  if (asked.length !== 1)
    throw usage(
      `judge replay takes one of --from, --rollout and --record, and was given ${asked.length === 0 ? 'none' : 'several'}.`,
      'Give --from for an A/A on past cards, or --rollout or --record for a past rollout judged otherwise.',
    );
  return from === undefined ? judgeOtherwise(deps, args) : replayCards(deps, { ...args, from });
}

/** Cards kept in memory at most: some 300 MB. */
const MAX_CARDS = 2_000_000;

async function replayCards(deps: Deps, args: ReplayArgs & { readonly from: string }): Promise<number> {
  const plan = await planOf(deps, args);
  const span = spanOf(args, deps.now());
  const effect = args.effect === undefined ? null : parsed(parseEffect(args.effect), EFFECT_REMEDY);
  const tell = progress(deps);
  const { traffic, ...past } = await withStore(deps, (db) =>
    readPastBaseline(db, {
      ...span,
      plan,
      unit: args.by,
      nowMs: deps.now(),
      maxCards: MAX_CARDS,
      onCard: (cards) => tell(() => `${cards} cards read`),
    }),
  );
  const treatment = effect === null ? undefined : parsed(treatmentOf(effect, traffic.cards), EFFECT_REMEDY);
  const runs = await repeatAll(plan, traffic, { count: args.aa, seed: args.seed, treatment }, tell);
  const result = replayResult(plan, runs);
  const report = {
    kind: 'judge-replay',
    action: plan.action.name,
    plan: args.plan ?? null,
    set: args.set ?? [],
    from: new Date(span.fromMs).toISOString(),
    to: new Date(traffic.toMs).toISOString(),
    by: args.by,
    effect: args.effect ?? null,
    seed: args.seed,
    repetitions: args.aa,
    ...past,
    cards: traffic.cards.length,
    conversations: traffic.conversations,
    agents: traffic.agents,
    ...result,
    sentences: replaySentences(result, args.effect ?? null),
  };
  if (args.json) printJson(deps.out, report);
  else printLines(deps.out, aaLines(report));
  return EXIT.ok;
}

function spanOf({ from, to }: Pick<ReplayArgs, 'from' | 'to'>, nowMs: number): Span {
  const fromMs = instantOf(from ?? '', '--from', nowMs);
  const toMs = Math.min(nowMs, instantOf(to ?? '0s', '--to', nowMs));
  if (fromMs < toMs) return { fromMs, toMs };
  throw usage(`--from ${from} is not before --to ${to ?? 'now'}.`, 'Give an earlier --from.');
}

async function planOf({ env }: Deps, { plan: file, action, set }: ReplayArgs): Promise<Plan> {
  if (file === undefined && action === undefined)
    throw usage('Neither a plan nor an action is named.', 'Give --plan, or --action for the usual steps.');
  const read = file === undefined ? usualPlan(action ?? '') : await readPlan(file, planFiles(env));
  if (noCardIn(read) !== null)
    throw new AssistError(
      'replay-plan-unsupported',
      `${file ?? 'The plan'} shows no card in one arm, and past cards were all shown: they tell nothing of it.`,
      'Replay a plan of two versions.',
    );
  const plan = action === undefined ? read : { ...read, action: { ...read.action, name: action } };
  return { ...plan, guardrails: parsed(setFields(plan.guardrails, set ?? []), SET_REMEDY) };
}

async function repeatAll(
  plan: Plan,
  traffic: PastTraffic,
  repetitions: Repetitions,
  tell: Progress,
): Promise<Rehearsal[]> {
  const runs: Rehearsal[] = [];
  for (let repetition = 0; repetition < repetitions.count; repetition += 1) {
    runs.push(replayOnce(plan, traffic, repetitions, repetition));
    // Else Ctrl-C would not be heard.
    await nextTurn();
    tell(() => `${runs.length} of ${repetitions.count} repetitions`);
  }
  return runs;
}

type Progress = (text: () => string) => void;

const PROGRESS_MS = 10_000;

/** Silence would look like a hang; Ctrl-C ends it. */
function progress({ out, signal, now }: Deps): Progress {
  let toldAtMs = now();
  return (text) => {
    signal.throwIfAborted();
    if (now() - toldAtMs < PROGRESS_MS) return;
    toldAtMs = now();
    out.stderr(`${text()}\n`);
  };
}

async function judgeOtherwise(deps: Deps, args: ReplayArgs): Promise<number> {
  if (args.plan === undefined && args.set === undefined)
    throw usage('Nothing is to be different.', 'Give --plan with other guardrails, or --set alpha=0.001.');
  const record = args.record === undefined ? await recordOf(deps, args.rollout ?? '') : await readRecord(args.record);
  const found = whatIf(record, await guardsOf(deps, args, record));
  const { action, version, rolloutId, report: recorded } = record;
  const view = {
    kind: 'judge-what-if',
    action,
    version,
    rolloutId,
    plan: args.plan ?? null,
    set: args.set ?? [],
    recorded,
    ...found,
    sentence: whatIfSentence(found),
  };
  if (args.json) printJson(deps.out, view);
  else printLines(deps.out, whatIfLines(view));
  return EXIT.ok;
}

function recordOf(deps: Deps, rolloutId: string): Promise<RolloutRecord> {
  return withStore(deps, async (db) => {
    const action = await actionOfRollout(db, rolloutId);
    if (action !== null) return decisionRecordOf(db, action, rolloutId);
    throw new AssistError(
      'rollout-not-found',
      `The store knows no rollout ${rolloutId}.`,
      '`assist-rollouts list --json` shows their ids (runId).',
    );
  });
}

async function guardsOf({ env }: Deps, { plan: file, set }: ReplayArgs, record: RolloutRecord): Promise<Judged> {
  const guards: Judged = file === undefined ? record : await readPlan(file, planFiles(env));
  return {
    slices: guards.slices,
    learning: guards.learning,
    guardrails: parsed(setFields(guards.guardrails, set ?? []), SET_REMEDY),
  };
}

const EFFECT_REMEDY =
  'Write --effect acceptanceRate=-10%, deliveryLatency=+200ms, undeliveredRate=+2pp, or a custom metric by its name.';
const SET_REMEDY =
  'Write --set alpha=0.001 for every guardrail, acceptanceRate.alpha=0.001 for one; alpha, margin, tolerance, mode.';

/** A string is what is wrong. */
function parsed<T>(result: T | string, remedy: string): T {
  if (typeof result !== 'string') return result;
  throw usage(result, remedy);
}

function unit(text: string): Unit {
  if (text === 'conversation' || text === 'agent') return text;
  throw new InvalidArgumentError('Expected conversation or agent.');
}

function usage(message: string, remedy: string): AssistError {
  return new AssistError('usage', message, remedy);
}
