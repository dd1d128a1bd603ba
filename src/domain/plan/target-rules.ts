/** What a plan has to have, and cannot have, for its target. */
import { guardrailLabel } from './guardrail-label.ts';
import type { Guardrail } from './plan.ts';
import type { Problem } from './problem.ts';
import { problemAt } from './problem.ts';
import { capabilitiesOf } from './target-capabilities.ts';
import type { TargetCapabilities } from './target-capabilities.ts';
import { targetSchema } from './target-schema.ts';
import type { PlanTarget, TargetOf } from './target-schema.ts';

/** What is looked at, as far as it could be read. */
interface Given {
  readonly target: unknown;
  readonly action: unknown;
  readonly control: unknown;
  readonly retire: unknown;
  readonly guardrails: readonly { readonly index: number; readonly value: Guardrail }[];
}

/** A target that cannot be read says so itself. */
export function targetProblems({ target, action, control, retire, guardrails }: Given): Problem[] {
  const parsed = targetSchema.safeParse(target);
  if (!parsed.success) return [];
  const { kind } = parsed.data;
  const can = capabilitiesOf(kind);
  return [
    ...contentProblems(kind, can, action),
    ...guardrails.flatMap(({ index, value }) =>
      can.metrics.includes(value.metric) ? [] : [unmeasured(kind, can, index, value)],
    ),
    ...(parsed.data.kind === 'copilotQueues' ? pairProblems(parsed.data, { control, retire }) : []),
    ...(parsed.data.kind === 'assistPanel' ? queueProblems(parsed.data, action) : []),
  ];
}

const OF_CARDS = ['html', 'trigger', 'ui', 'inlineCode'];
/** What an action has to say, and cannot say, besides its name and version. */
export const FIELDS_OF_CONTENT = {
  card: { required: ['html', 'trigger'], refused: ['suggestion'] },
  suggestion: { required: ['suggestion'], refused: OF_CARDS },
  assistant: { required: [], refused: [...OF_CARDS, 'suggestion'] },
} as const satisfies Record<
  TargetCapabilities['content'],
  { readonly required: readonly (keyof typeof HOW)[]; readonly refused: readonly string[] }
>;

function contentProblems(kind: PlanTarget['kind'], { content }: TargetCapabilities, action: unknown): Problem[] {
  if (typeof action !== 'object' || action === null) return [];
  const given = new Set(Object.entries(action).flatMap(([field, value]) => (value === undefined ? [] : [field])));
  return [
    ...FIELDS_OF_CONTENT[content].required
      .filter((field) => !given.has(field))
      .map((field) =>
        problemAt(`action.${field}`, {
          code: 'plan-missing',
          message: `"${field}" is missing; it is needed here.`,
          remedy: `Add ${field}${HOW[field]}.`,
        }),
      ),
    ...FIELDS_OF_CONTENT[content].refused
      .filter((field) => given.has(field))
      .map((field) =>
        problemAt(`action.${field}`, {
          code: 'plan-target',
          message: `A version on target ${kind} has no ${field}: ${INSTEAD[content]}.`,
          remedy: `Leave ${field} out, or choose another target.`,
        }),
      ),
  ];
}

const HOW = {
  html: ', as { file: card.html } or { inline: "<div>...</div>" }',
  trigger: ' with its keywords',
  suggestion: ', as { text: "..." }',
} as const;
const INSTEAD = {
  card: 'it shows a card, with html, trigger and ui',
  suggestion: 'the copilot shows the text of suggestion, by a rule of its own',
  assistant: 'it is an assistant of the organisation, which the pairs of the target name',
} as const;

function unmeasured(
  kind: PlanTarget['kind'],
  { metrics }: TargetCapabilities,
  index: number,
  guardrail: Guardrail,
): Problem {
  return problemAt(`guardrails.${index}.metric`, {
    code: 'plan-target',
    message: `Nothing on target ${kind} tells of ${guardrailLabel(guardrail)}.`,
    remedy: `Guard ${metrics.join(', ')}.`,
  });
}

function pairProblems(
  { unit = 'queue', pairs }: TargetOf<'copilotQueues'>,
  { control, retire }: Pick<Given, 'control' | 'retire'>,
): Problem[] {
  const seen = new Set<string>();
  const problem = (path: string, message: string, remedy: string): Problem =>
    problemAt(path, { code: 'plan-target', message, remedy });
  const ofPairs = pairs.flatMap(({ queue, baseline, candidate }, index) => {
    const path = `target.pairs.${index}`;
    const repeated = seen.has(queue);
    seen.add(queue);
    return [
      ...(repeated ? [problem(`${path}.queue`, `Queue ${queue} stands twice.`, 'A queue has one assistant.')] : []),
      ...(baseline === candidate
        ? [problem(`${path}.candidate`, 'Both are the same assistant.', 'Name the assistant that is new.')]
        : []),
      ...(unit === 'queue' && baseline === undefined
        ? [problem(path, 'The assistant that the queue has now is missing.', 'Add baseline.')]
        : []),
      ...(unit === 'agent' && baseline !== undefined
        ? [
            problem(
              `${path}.baseline`,
              'A queue has one assistant, so its agents get the candidate or none.',
              'Leave baseline out, or split by unit: queue.',
            ),
          ]
        : []),
    ];
  });
  return [
    ...ofPairs,
    ...(retire === true
      ? [
          problem(
            'retire',
            'An assistant is not retired by a rollout: its queues would be left with none.',
            'Leave retire out, and roll out the assistant that comes in its place.',
          ),
        ]
      : []),
    ...(unit === 'agent' && control !== 'none'
      ? [problem('control', 'With unit: agent the other agents have no assistant.', 'Write control: none.')]
      : []),
    ...(unit === 'queue' && control === 'none'
      ? [problem('control', 'With unit: queue the other queues keep their assistant.', 'Leave control out.')]
      : []),
    ...(unit === 'queue' && pairs.length < 2
      ? [problem('target.pairs', 'One queue cannot be divided.', 'Name at least two queues, or write unit: agent.')]
      : []),
  ];
}

/** The panel follows queues: without one it hears nothing, and of others than the trigger's it makes no card. */
function queueProblems({ queues }: TargetOf<'assistPanel'>, action: unknown): Problem[] {
  const trigger = fieldOf(action, 'trigger');
  const conditions = fieldOf(trigger, 'conditions');
  const named = (Array.isArray(conditions) ? conditions : []).flatMap((condition) =>
    fieldOf(condition, 'type') === 'queue' ? [fieldOf(condition, 'id')] : [],
  );
  if (trigger === undefined) return [];
  if (queues !== undefined && named.length > 0 && !queues.some((queue) => named.includes(queue)))
    return [
      problemAt('target.queues', {
        code: 'plan-target',
        message: "None of the target's queues is one of the trigger's, so no card would ever be made.",
        remedy: "Name queues of the trigger's conditions, or leave queues out.",
      }),
    ];
  if (queues !== undefined || named.length > 0) return [];
  return [
    problemAt('target', {
      code: 'plan-target',
      message: 'Neither the target nor the trigger names a queue, and the panel hears what is said queue by queue.',
      remedy: 'Add queues to the target, or conditions of type queue to the trigger.',
    }),
  ];
}

function fieldOf(raw: unknown, key: string): unknown {
  return typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[key] : undefined;
}
