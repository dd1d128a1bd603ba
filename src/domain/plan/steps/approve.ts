import { z } from 'zod';
import { writeDuration } from '../../shared/duration.ts';
import { MAX_DURATION_MS } from '../duration.ts';
import { positiveDurationField } from '../duration-field.ts';
import type { StepDefinition } from './definition.ts';

export interface ApproveStep {
  readonly kind: 'approve';
  readonly reason: string;
  readonly timeoutMs: number;
  readonly onTimeout: 'rollback' | 'hold';
}

/** An approval that nobody gives for so long has timed out, unless the plan says otherwise. */
const DEFAULT_TIMEOUT_MS = 7 * 86_400_000;

const reason = z.string().trim().min(1).max(500).describe('What the approver is asked.');
const onTimeout = z.enum(['rollback', 'hold']);

export const approve = {
  phase: 'awaitingApproval',
  written: z
    .strictObject({
      reason,
      timeout: positiveDurationField('How long to wait for a person.').prefault(writeDuration(DEFAULT_TIMEOUT_MS)),
      onTimeout: onTimeout.prefault('hold').describe('hold: the rollout is held, and the limit of that wait runs.'),
    })
    .transform(({ timeout, ...rest }) => ({ kind: 'approve' as const, ...rest, timeoutMs: timeout })),
  engine: z
    .strictObject({
      kind: z.literal('approve'),
      reason,
      timeoutMs: z.number().int().min(1).max(MAX_DURATION_MS).nullable(),
      onTimeout,
    })
    .transform((step) => ({ ...step, timeoutMs: step.timeoutMs ?? DEFAULT_TIMEOUT_MS })),
  label: (step) => `approve: ${step.reason}`,
  splitAfter: () => null,
  forecastAs: () => null,
} as const satisfies StepDefinition<ApproveStep>;
