import { z } from 'zod';
import { MAX_DURATION_MS } from '../duration.ts';
import { positiveDurationField } from '../duration-field.ts';
import { readField } from '../fields.ts';
import type { Fault } from '../problem.ts';
import { show } from '../problem.ts';
import type { StepDefinition } from './definition.ts';

export interface HookStep {
  readonly kind: 'hook';
  readonly url: string;
  /** The name that the worker knows it by: the secret itself is never in a plan. */
  readonly secret: string;
  readonly timeoutMs: number;
  readonly onTimeout: 'hold' | 'rollback';
  readonly onRefuse: 'hold' | 'rollback';
}

const MAX_URL_LENGTH = 500;

const url = readField(
  {
    type: 'string',
    description: 'Asked whether the rollout may go on.',
    examples: ['https://gate.example.com/rollouts'],
  },
  parseHookUrl,
);
const secret = readField(
  {
    type: 'string',
    description: 'What the worker calls the secret that the call is signed with (HOOK_SECRETS).',
    pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  },
  parseSecretName,
);
const outcome = z.enum(['hold', 'rollback']);

export const hook = {
  phase: 'awaitingHook',
  written: z
    .strictObject({
      url,
      secret,
      timeout: positiveDurationField('How long to ask before nobody is expected to answer.').prefault('10m'),
      onTimeout: outcome.prefault('hold').describe('hold: a person is asked, and the limit of that wait runs.'),
      onRefuse: outcome.prefault('rollback').describe('What a refusal does.'),
    })
    .transform(({ timeout, ...rest }) => ({ kind: 'hook' as const, ...rest, timeoutMs: timeout })),
  engine: z.strictObject({
    kind: z.literal('hook'),
    url,
    secret,
    timeoutMs: z.number().int().min(1).max(MAX_DURATION_MS),
    onTimeout: outcome,
    onRefuse: outcome,
  }),
  label: (step) => `hook: ${hookPlace(step)}`,
  splitAfter: () => null,
  forecastAs: () => null,
} as const satisfies StepDefinition<HookStep>;

/** Its address without what everybody knows of it. */
export function hookPlace({ url: text }: Pick<HookStep, 'url'>): string {
  return text.replace(/^https?:\/\//, '').replace(/\/$/, '');
}

/** Whether a worker calls it, is that worker's to say: a plan may be written by somebody who must not reach everything. */
function parseHookUrl(value: unknown): string | Fault {
  const parsed =
    typeof value === 'string' && value.length <= MAX_URL_LENGTH && URL.canParse(value) ? new URL(value) : null;
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:'))
    return refuse(`${show(value)} is no address of a hook`, 'Write for example https://gate.example.com/rollouts.');
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '')
    return refuse(
      'The address of a hook holds a name, a password, a query or a fragment, and all of it would be on record',
      'Write the address alone; that it is us is proven by the signature.',
    );
  return parsed.href;
}

function parseSecretName(value: unknown): string | Fault {
  if (typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(value)) return value;
  const isSecret = typeof value === 'string' && value.startsWith('whsec_');
  return refuse(
    isSecret
      ? 'A secret stands here, and would be on record; expected the name by which the worker knows it'
      : `${show(value)} is not the name of a secret; expected 1 to 63 lower-case letters, digits and hyphens`,
    isSecret
      ? 'Take another secret, for this one is in a file now, and name it in HOOK_SECRETS.'
      : 'Write for example secret: gate.',
  );
}

function refuse(message: string, remedy: string): Fault {
  return { code: 'plan-hook', message: `${message}.`, remedy };
}
