/** The guardian's activities, each a closure over its ports. */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { readingPast } from '../codec/client.ts';
import { spreadRetries } from '../activities/backoff.ts';
import type { Jitter } from '../activities/failures.ts';
import { withFailures } from '../activities/failures.ts';
import { leaveDetails, withHeartbeat } from '../activities/heartbeat.ts';
import type { GuardianFinding } from '../domain/guardian/finding.ts';
import { begunIn } from '../domain/guardian/restore-plan.ts';
import type { GuardianRules } from '../domain/guardian/seen.ts';
import { createRedactor } from '../domain/text/redact.ts';
import { count } from '../telemetry/measure.ts';
import type { Reading } from '../telemetry/measure.ts';
import type { Targets } from '../targets/index.ts';
import { createFind } from './find.ts';
import type { LookDeps } from './look.ts';
import type { Attempt } from './restore.ts';
import { restoreBaseline } from './restore.ts';
import { actOn, announce, recordRecovery } from './say.ts';
import type { SayDeps } from './say.ts';
import type { RecordInput } from './types.ts';

export interface GuardianDeps extends SayDeps, Pick<LookDeps, 'surveyor'> {
  readonly targets: Targets;
}

export type GuardianActivities = ReturnType<typeof createGuardianActivities>;

let lookEndedAtMs: number | null = null;

/** When the last look of this process ended; until one has, since when it could: none that ends is one that is missed. */
export function readGuardian(beganAtMs: number): () => readonly Reading[] {
  const gauge = 'assist_rollouts_guardian_last_look_timestamp_seconds';
  return () => [{ gauge, value: (lookEndedAtMs ?? beganAtMs) / 1000 }];
}

export function createGuardianActivities(deps: GuardianDeps, jitter: Jitter) {
  const onStoreAway = (error: unknown): void =>
    deps.logger.warn({ err: error }, 'guardian: the store is away, so what only it tells is not seen');
  const redact = deps.redact ?? createRedactor();
  const ports = { ...deps, redact, onStoreAway };
  const find = createFind(ports);
  const client = () => readingPast(Context.current().client);
  const wrap = <Input, Result>(call: (input: Input) => Promise<Result>) =>
    withHeartbeat((input: Input) =>
      spreadRetries(
        alwaysRetried(() => withFailures(call, jitter, redact)(input)),
        jitter,
      ),
    );
  return {
    /** One look at everything. In mode `off` nothing is ever found. */
    guardianLook: wrap(async ({ rules }: { readonly rules: GuardianRules }): Promise<readonly GuardianFinding[]> => {
      if (deps.mode === 'off') return [];
      const findings = await find(client(), rules);
      lookEndedAtMs = deps.now();
      for (const { kind, ripe } of findings) if (ripe) count('assist_rollouts_guardian_findings_total', 1, { kind });
      return findings.map((finding) => inMode(deps, finding));
    }),
    /** All but `restore`: signals, ends rows, repairs the export, frees a recovery's id; says each in log and audit, once. */
    guardianAct: wrap(({ finding }: { readonly finding: GuardianFinding }) => actOn(ports, client(), finding)),
    /** Tried until the organisation shows it. */
    restoreBaseline: wrap((input: { readonly action: string; readonly by: string }) =>
      restoreBaseline(
        {
          ...ports,
          announce: (restoring) => announce(ports, restoring),
          attempt: attemptOf(Context.current(), async (recovery) => {
            const record = { ...input, recovery, reason: 'The baseline is being brought back', key: '' };
            await recordRecovery(ports, client(), record).catch(onStoreAway);
          }),
        },
        client(),
        input,
      ),
    ),
    recordRecovery: wrap((input: RecordInput) => recordRecovery(ports, client(), input)),
  };
}

function attemptOf(context: Context, askPerson: Attempt['askPerson']): Attempt {
  return {
    begun: begunIn(context.info.heartbeatDetails),
    begin: (begun) => leaveDetails(context, begun),
    askPerson,
  };
}

/** Who may only say it restores nothing. */
function inMode<F extends { readonly remedy: string }>({ mode }: GuardianDeps, finding: F): F {
  return mode === 'alarm' && finding.remedy === 'restore' ? { ...finding, remedy: 'alarm' } : finding;
}

/**
 * What is refused for good today (a 403, a content that has just changed) may be possible in a minute, and nobody else
 * would try.
 */
async function alwaysRetried<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || !error.nonRetryable) throw error;
    throw ApplicationFailure.create({
      message: error.message,
      type: error.type ?? 'Unexpected',
      details: error.details ?? [],
      nonRetryable: false,
    });
  }
}
