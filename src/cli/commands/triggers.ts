/**
 * `triggers replay|explain`: when a plan's card would surface, in what was really said or in one sentence. Changes
 * nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../../config.ts';
import { AssistError } from '../../configurator/errors.ts';
import type { ActionVersion, Plan, Trigger } from '../../domain/plan/plan.ts';
import { evaluateTrigger } from '../../domain/trigger/evaluate.ts';
import { createReplay } from '../../domain/trigger/replay.ts';
import type { ReplayedConversation } from '../../domain/trigger/replay.ts';
import { createTriggerIndex } from '../../domain/trigger/trigger-index.ts';
import type { GenesysClient } from '../../genesys/client.ts';
import { readPlan } from '../../lint/lint.ts';
import { streamTranscripts } from '../../transcripts/stream.ts';
import type { Targets } from '../../targets/index.ts';
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { baselineFrom, inOrganisation } from '../sources/surroundings.ts';
import { EXIT } from '../exit-codes.ts';
import { instantOf } from '../instant.ts';
import { replayLines } from '../view/replay-view.ts';

export interface ReplayArgs extends JsonOption {
  readonly plan: string;
  /** Those of the trigger's conditions if left out; all of the organisation's if it has none. */
  readonly queue?: readonly string[];
  /** An instant, or how long ago. */
  readonly from: string;
  readonly to?: string;
  /** A plan whose trigger is compared with; else the organisation's serving version. */
  readonly against?: string;
  readonly examples: number;
}

export async function triggersReplay(deps: Deps, args: ReplayArgs): Promise<number> {
  const plan = await readPlan(args.plan);
  const { action } = plan;
  const span = {
    fromMs: instantOf(args.from, '--from', deps.now()),
    toMs: instantOf(args.to ?? '0s', '--to', deps.now()),
  };
  if (span.fromMs >= span.toMs)
    throw usage(`--from ${args.from} is not before --to ${args.to ?? 'now'}.`, 'Give an earlier --from.');
  const { genesys } = readConfig(deps.env, ['genesys']);
  if (genesys === null)
    throw usage('No organisation is configured.', 'Set the GENESYS_ variables; docs/cli.md lists them.');
  return inOrganisation(genesys, deps, async ({ client, targets }) => {
    const against = await baselineOf(targets, plan, args.against);
    const replay = createReplay(action.trigger, against.trigger, args.examples);
    await hearAll(deps, client, { ...span, queues: queuesOf(action.trigger, args.queue) }, (conversation) => {
      replay.hear(conversation);
    });
    const report = {
      kind: 'triggers-replay',
      action: action.name,
      version: action.version,
      from: iso(span.fromMs),
      to: iso(span.toMs),
      against: against.from,
      note: against.note,
      ...replay.report(),
    };
    if (args.json) printJson(deps.out, report);
    else printLines(deps.out, replayLines(report));
    return EXIT.ok;
  });
}

export interface ExplainArgs extends JsonOption {
  readonly plan: string;
  readonly text: string;
  readonly confidence: number;
  readonly queue?: string;
  readonly skill?: readonly string[];
  /** With it, whether the candidate at this split serves that conversation. */
  readonly conversation?: string;
  readonly split?: number;
}

export async function triggersExplain(deps: Deps, args: ExplainArgs): Promise<number> {
  const { action } = await readPlan(args.plan);
  const queues = queuesOf(action.trigger, undefined).filter((id) => id !== undefined);
  if (queues.length > 0 && args.queue === undefined)
    throw usage(
      'The trigger of this plan is for certain queues, and it was not said in which one this is said.',
      `Give --queue <id>; the trigger names ${queues.join(', ')}.`,
    );
  const utterance = {
    text: args.text,
    confidence: args.confidence,
    isFinal: true,
    queueId: args.queue ?? '',
    skillIds: args.skill ?? [],
  };
  const result =
    args.conversation === undefined
      ? evaluateTrigger(action.trigger, utterance)
      : servedResult(action, { ...utterance, conversationId: args.conversation }, args.split ?? 100);
  if (args.json)
    printJson(deps.out, { kind: 'triggers-explain', action: action.name, version: action.version, ...result });
  else
    printLines(deps.out, [
      result.fires ? `fires: "${result.keyword}"` : `does not fire (${result.why}): ${result.detail}`,
    ]);
  return EXIT.ok;
}

type Served = ReturnType<ReturnType<typeof createTriggerIndex>['explain']>[number];

function servedResult(
  action: ActionVersion,
  utterance: Parameters<ReturnType<typeof createTriggerIndex>['explain']>[0],
  splitPercent: number,
): Served {
  const candidate = {
    action: action.name,
    version: action.version,
    trigger: action.trigger,
    enabled: true,
    group: 'candidate' as const,
    splitPercent,
  };
  const [result] = createTriggerIndex([candidate]).explain(utterance);
  if (result === undefined) throw new Error('An index of one version has one answer.');
  return result;
}

interface Baseline {
  readonly trigger: Trigger | null;
  readonly from: string | null;
  readonly note: string | null;
}

async function baselineOf(targets: Targets, plan: Plan, against: string | undefined): Promise<Baseline> {
  if (against !== undefined) return { trigger: (await readPlan(against)).action.trigger, from: against, note: null };
  const { baseline, note } = await baselineFrom(targets, plan);
  if (baseline === null) return { trigger: null, from: null, note };
  return {
    trigger: baseline.action.trigger,
    from: `${plan.action.name} v${baseline.action.version}, ${baseline.from}`,
    note: null,
  };
}

/** The platform's export takes minutes for a busy day: silence would look like a hang. */
const PROGRESS_MS = 10_000;

/** A conversation that was in two of the queues is heard once. */
async function hearAll(
  deps: Deps,
  client: GenesysClient,
  span: { readonly fromMs: number; readonly toMs: number; readonly queues: readonly (string | undefined)[] },
  hear: (conversation: ReplayedConversation) => void,
): Promise<void> {
  const heard = new Set<string>();
  const progress = setInterval(() => deps.out.stderr(`${heard.size} conversations heard so far\n`), PROGRESS_MS);
  try {
    for (const queueId of span.queues) {
      const source = { ...client, sleep: pause(deps.signal) };
      for await (const transcript of streamTranscripts(source, {
        queueId,
        fromMs: span.fromMs,
        toMs: span.toMs,
        signal: deps.signal,
      })) {
        if (heard.size < heard.add(transcript.conversationId).size) hear(transcript);
      }
    }
  } finally {
    clearInterval(progress);
  }
}

function queuesOf({ conditions }: Trigger, asked: readonly string[] | undefined): readonly (string | undefined)[] {
  if (asked !== undefined && asked.length > 0) return [...new Set(asked)];
  const named = conditions.filter(({ type }) => type === 'queue').map(({ id }) => id);
  return named.length === 0 ? [undefined] : named;
}

function pause(signal: AbortSignal): (ms: number) => Promise<void> {
  return (ms) => sleep(ms, undefined, { signal });
}

function usage(message: string, remedy: string): AssistError {
  return new AssistError('usage', message, remedy);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
