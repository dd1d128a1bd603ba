/** `triggers replay`: when a plan's card would have surfaced in what was really said. Changes nothing. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { readConfig } from '../../../config.ts';
import { AssistError } from '../../../configurator/errors.ts';
import type { Plan, Trigger } from '../../../domain/plan/plan.ts';
import { createReplay } from '../../../domain/trigger/replay.ts';
import type { ReplayedConversation } from '../../../domain/trigger/replay.ts';
import type { GenesysClient } from '../../../genesys/client.ts';
import { readPlan } from '../../../lint/lint.ts';
import { streamTranscripts } from '../../../transcripts/stream.ts';
import type { Targets } from '../../../targets/index.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { cardOf } from '../../sources/card.ts';
import { baselineFrom, inOrganisation } from '../../sources/surroundings.ts';
import { EXIT } from '../../exit-codes.ts';
import { instantOf } from '../../instant.ts';
import { JSON_OBJECT, nonEmpty, wholeNumber } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { replayLines } from '../../view/replay-view.ts';
import { planFiles } from '../../../compose/plan-files.ts';

export function triggersReplay(run: Run): Command {
  const help = {
    description: "run a plan's trigger over past transcripts of the organisation",
    examples: ['triggers replay examples/refund-assist-1.5.0.yaml --from 7d'],
  };
  return createVerb('replay', help)
    .argument('<plan>', 'plan file')
    .option('--queue <id...>', 'queues (default: those of the trigger; all if it names none)')
    .requiredOption('--from <when>', 'an instant, or how long ago: 2026-03-01T09:00:00Z, 7d', nonEmpty)
    .option('--to <when>', 'the same; now if left out', nonEmpty)
    .option('--against <plan>', "compare with this plan (default: the organisation's serving version)", nonEmpty)
    .option('--examples <number>', 'redacted examples of each kind, at most', wholeNumber(0, 1_000), 5)
    .option(...JSON_OBJECT)
    .action((plan: string, options: Omit<ReplayArgs, 'plan'>) =>
      run((deps) => replayTrigger(deps, { plan, ...options })),
    );
}

interface ReplayArgs extends JsonOption {
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

async function replayTrigger(deps: Deps, args: ReplayArgs): Promise<number> {
  const plan = await readPlan(args.plan, planFiles(deps.env));
  const action = cardOf(plan);
  const span = {
    fromMs: instantOf(args.from, '--from', deps.now()),
    toMs: instantOf(args.to ?? '0s', '--to', deps.now()),
  };
  if (span.fromMs >= span.toMs)
    throw usage(`--from ${args.from} is not before --to ${args.to ?? 'now'}.`, 'Give an earlier --from.');
  const { genesys } = readConfig(deps.env, ['genesys']);
  return inOrganisation(genesys, deps, async ({ client, targets }) => {
    const against = await baselineOf(deps, targets, plan, args.against);
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

interface Baseline {
  readonly trigger: Trigger | null;
  readonly from: string | null;
  readonly note: string | null;
}

async function baselineOf({ env }: Deps, targets: Targets, plan: Plan, against: string | undefined): Promise<Baseline> {
  if (against !== undefined)
    return { trigger: cardOf(await readPlan(against, planFiles(env))).trigger, from: against, note: null };
  const { baseline, note } = await baselineFrom(targets, plan);
  if (baseline === null) return { trigger: null, from: null, note };
  return {
    trigger: cardOf({ ...plan, action: baseline.action }).trigger,
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
