/** All that is told of a rollout, out of the store. */
import type { Story } from '../domain/story/story.ts';
import { storyEntry } from '../domain/story/entry.ts';
import { courseOf } from '../domain/story/course.ts';
import { stepsCame } from '../domain/story/steps-came.ts';
import { sha256Of } from '../domain/shared/content-hash.ts';
import type { CardVersion } from '../domain/plan/plan.ts';
import { isCard } from '../domain/plan/plan.ts';
import { listAudit } from '../store/audit.ts';
import type { Database } from '../store/database.ts';
import { sentMessages } from '../store/messages.ts';
import { askRegistry, registeredRollout } from '../store/registry.ts';
import { keptForecast } from '../store/forecasts.ts';
import { decisionRecordOf, noSuchRollout } from './decision-record.ts';
import type { RolloutRecord } from './decision-record.ts';
import { AssistError } from './errors.ts';

/** The newest rollout of the action, or the one named. */
export async function storyOf(db: Database, action: string, rolloutId?: string): Promise<Story> {
  const rollout = await registeredRollout(db, action, rolloutId);
  if (rollout === null) throw noSuchRollout(action);
  const { rolloutId: id, plan } = rollout;
  const logged = await listAudit(db, { rolloutId: id, limit: MAX_ENTRIES });
  const entries = logged.map(({ at, ...entry }) => storyEntry({ at: at.toISOString(), ...entry }));
  const record = await recordOf(db, action, id);
  return {
    kind: 'report',
    rollout,
    entries,
    steps: plan === null ? [] : stepsCame(plan.steps, entries, record?.looks ?? null),
    forecast: await keptForecast(db, id),
    judged: record === null ? null : judgedOf(record),
    messages: await sentMessages(db, id),
    baselineCard: await cardOf(db, action, rollout.deployment?.baseline?.version),
  };
}

const MAX_ENTRIES = 1000;

function judgedOf(record: RolloutRecord): Story['judged'] {
  return {
    guardrails: record.guardrails,
    report: record.report,
    looks: record.looks.length,
    sha256: sha256Of(record),
    course: courseOf(record),
  };
}

async function recordOf(db: Database, action: string, rolloutId: string): Promise<RolloutRecord | null> {
  try {
    return await decisionRecordOf(db, action, rolloutId);
  } catch (error) {
    if (error instanceof AssistError && (error.code === 'nothing-judged' || error.code === 'record-deleted'))
      return null;
    throw error;
  }
}

/** As the registry has it; null where it was never rolled out here. */
async function cardOf(db: Database, action: string, version: string | undefined): Promise<CardVersion | null> {
  if (version === undefined) return null;
  const answer = await askRegistry(db, { kind: 'version', action, version });
  const card = answer.kind === 'version' ? answer.found.plan?.action : undefined;
  return card !== undefined && isCard(card) ? card : null;
}
