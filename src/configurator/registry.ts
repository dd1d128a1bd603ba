/** The registry of versions as callers see it: read from the database, or asked of a worker. */
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type {
  AuditAnswer,
  AuditQuestion,
  HistoryRow,
  RegisteredVersion,
  RegistryAnswer,
  RegistryQuestion,
} from '../domain/registry/question.ts';
import { formatDuration } from '../domain/shared/duration.ts';
import { questionText } from '../domain/registry/question.ts';
import { REGISTRY_WORKFLOW } from '../workflows/messages.ts';
import { askWorker } from './ask-worker.ts';
import type { TemporalLink } from './connection.ts';
import { AssistError } from './errors.ts';
import { rolloutNotFound } from './refusals.ts';

type Ask = (question: RegistryQuestion) => Promise<RegistryAnswer>;

const ANSWER_MS = 20_000;

export async function askRegistry(link: TemporalLink, question: RegistryQuestion): Promise<RegistryAnswer> {
  return askWorker<RegistryAnswer>(link, {
    workflow: REGISTRY_WORKFLOW,
    input: question,
    summary: questionText(question),
    waitMs: ANSWER_MS,
    unanswered: (cause) =>
      new AssistError(
        'registry-unanswered',
        `No worker answered for the registry within ${formatDuration(ANSWER_MS)}: it is missing, or slow.`,
        'Try again when one runs, or set DATABASE_URL, which needs none.',
        { cause },
      ),
  }).catch((error: unknown) => {
    const refusal = error instanceof WorkflowFailedError ? error.cause : undefined;
    if (!(refusal instanceof ApplicationFailure) || refusal.type !== 'QuestionRefused') throw error;
    throw new AssistError('usage', refusal.message, 'Nothing was changed.', { cause: error });
  });
}

export async function historyOf(ask: Ask, action: string, limit: number): Promise<readonly HistoryRow[]> {
  const answer = await ask({ kind: 'history', action, limit });
  if (answer.kind === 'history' && answer.rows.length > 0) return answer.rows;
  throw rolloutNotFound(action, undefined);
}

export async function versionOf(ask: Ask, action: string, version?: string): Promise<RegisteredVersion> {
  const answer = await ask({ kind: 'version', action, version: version ?? null });
  if (answer.kind === 'version') return answer.found;
  const versions = answer.kind === 'unknown' ? answer.versions : [];
  if (versions.length === 0) throw rolloutNotFound(action, undefined);
  throw new AssistError(
    'version-unknown',
    `No rollout of ${action} had version ${version ?? ''}.`,
    `There are ${versions.slice(0, 10).join(', ')}; \`assist-rollouts history ${action}\` shows all.`,
  );
}

export async function auditOf(ask: Ask, question: Omit<AuditQuestion, 'kind'>): Promise<AuditAnswer> {
  const answer = await ask({ kind: 'audit', ...question });
  return answer.kind === 'audit' ? answer : { kind: 'audit', lines: [], size: 0 };
}
