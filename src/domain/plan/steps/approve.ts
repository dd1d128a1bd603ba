import { z } from 'zod';
import { writeDuration } from '../../shared/duration.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import { positiveDurationField } from '../duration-field.ts';
import type { StepDefinition } from './definition.ts';

export interface ApproveStep {
  readonly kind: 'approve';
  readonly reason: string;
  /** Groups of which a person must be in one to approve; absent: anybody may. */
  readonly by?: readonly string[] | undefined;
  /** Of so many different people; one if absent. */
  readonly count?: number | undefined;
  /** Whoever started the rollout does not count. */
  readonly notStarter?: boolean | undefined;
  readonly timeoutMs: number;
  readonly onTimeout: 'rollback' | 'hold';
}

/** An approval that nobody gives for so long has timed out, unless the plan says otherwise. */
const DEFAULT_TIMEOUT_MS = 7 * 86_400_000;

const reason = z.string().trim().min(1).max(500).describe('What the approver is asked.');
const onTimeout = z.enum(['rollback', 'hold']);
const by = z.array(z.string().trim().min(1).max(128)).min(1).max(20);
const count = z.number().int().min(1).max(10);
const people = {
  by: by.optional().describe('Groups of which an approver must be in one (OPERATORS_FILE); anybody if absent.'),
  count: count.optional().describe('How many different people have to approve; 1 if absent.'),
  notStarter: z.boolean().optional().describe('Whoever started the rollout does not approve it.'),
};

export const approve = {
  phase: 'awaitingApproval',
  written: z
    .strictObject({
      reason,
      ...people,
      timeout: positiveDurationField('How long to wait for a person.').prefault(writeDuration(DEFAULT_TIMEOUT_MS)),
      onTimeout: onTimeout.prefault('hold').describe('hold: the rollout is held, and the limit of that wait runs.'),
    })
    .transform(({ timeout, ...rest }) => ({ kind: 'approve' as const, ...rest, timeoutMs: timeout })),
  engine: z
    .strictObject({
      kind: z.literal('approve'),
      reason,
      ...people,
      timeoutMs: z.number().int().min(1).max(MAX_DURATION_MS).nullable(),
      onTimeout,
    })
    .transform((step) => ({ ...step, timeoutMs: step.timeoutMs ?? DEFAULT_TIMEOUT_MS })),
  label: (step) => `approve: ${step.reason}${byWhom(step)}`,
  splitAfter: () => null,
  forecastAs: () => null,
} as const satisfies StepDefinition<ApproveStep>;

/** ` (2 of team-leads, not the starter)`. */
function byWhom({ by: groups = [], count: wanted = 1, notStarter = false }: Partial<ApproveStep>): string {
  const who = groups.length > 0 ? `${wanted} of ${groups.join(' or ')}` : wanted > 1 ? `${wanted} people` : '';
  const said = [...(who === '' ? [] : [who]), ...(notStarter ? ['not the starter'] : [])];
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}
