/** `triggers explain`: does one utterance surface the card, and why not? Contacts nobody. */
import type { Command } from 'commander';
import { AssistError } from '../../../configurator/errors.ts';
import type { CardVersion } from '../../../domain/plan/plan.ts';
import { createTriggerIndex } from '../../../domain/trigger/trigger-index.ts';
import { readPlan } from '../../../lint/lint.ts';
import { printJson, printLines } from '../../deps.ts';
import type { Deps, JsonOption } from '../../deps.ts';
import { cardOf } from '../../sources/card.ts';
import { EXIT } from '../../exit-codes.ts';
import { JSON_OBJECT, decimal, nonEmpty } from '../../options.ts';
import { createVerb } from '../../verb.ts';
import type { Run } from '../../verb.ts';
import { planFiles } from '../../../compose/plan-files.ts';

export function triggersExplain(run: Run): Command {
  const help = {
    description: 'does one utterance surface the card? contacts nobody',
    examples: [
      'triggers explain examples/demo/1.5.0.yaml --text "I want a refund"',
      'triggers explain examples/demo/1.5.0.yaml --text "I want a refund" --conversation c-17 --split 5',
    ],
  };
  return createVerb('explain', help)
    .argument('<plan>', 'plan file')
    .requiredOption('--text <words>', 'what is said')
    .option('--confidence <share>', 'of the transcription, 0 to 1', decimal(0, 1), 1)
    .option('--queue <id>', 'where it is said', nonEmpty)
    .option('--skill <id...>', 'skills of the conversation')
    .option('--conversation <id>', 'also whether the candidate serves this conversation', nonEmpty)
    .option('--split <percent>', 'of the candidate, with --conversation', decimal(0, 100), 100)
    .option(...JSON_OBJECT)
    .action((plan: string, options: Omit<ExplainArgs, 'plan'>) =>
      run((deps) => explainUtterance(deps, { plan, ...options })),
    );
}

interface ExplainArgs extends JsonOption {
  readonly plan: string;
  readonly text: string;
  readonly confidence: number;
  readonly queue?: string;
  readonly skill?: readonly string[];
  /** With it, whether the candidate at this split serves that conversation. */
  readonly conversation?: string;
  readonly split?: number;
}

async function explainUtterance(deps: Deps, args: ExplainArgs): Promise<number> {
  const action = cardOf(await readPlan(args.plan, planFiles(deps.env)));
  const queues = action.trigger.conditions.filter(({ type }) => type === 'queue').map(({ id }) => id);
  if (queues.length > 0 && args.queue === undefined)
    throw new AssistError(
      'usage',
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
  const configurator = await deps.configurator();
  const result =
    args.conversation === undefined
      ? configurator.evaluateTrigger(action.trigger, utterance)
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
  action: CardVersion,
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
