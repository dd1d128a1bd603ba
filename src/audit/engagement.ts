/** An agent's engagement as an audit entry, with what the preflight really said of the content. */
import { agentIdHash } from '../store/agent-id-hash.ts';
import { appendAudit } from '../store/audit.ts';
import { canonicalJson } from '../store/audit-line.ts';
import { complianceOf } from '../store/compliance.ts';
import type { ComplianceStatus } from '../store/compliance.ts';
import type { Database } from '../store/database.ts';
import { leafHash } from './hash.ts';

export interface LoggedEngagement {
  readonly actionId: string;
  readonly agentId: string;
  /** Plain JSON; no transcripts. */
  readonly metrics: Readonly<Record<string, unknown>>;
  /** Hash of the content that the agent saw, from the action's metadata; without it the status is `unknown`. */
  readonly contentSha256?: string | null;
  readonly at: Date;
  readonly source?: string;
  /** With it the agent's id is written as its hash, as the events have it. */
  readonly agentIdHashKey?: string | null | undefined;
}

/** As downstream systems know it. */
export interface EngagementRecord {
  readonly timestamp: string;
  readonly action_id: string;
  readonly agent_id: string;
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly compliance_status: ComplianceStatus;
  readonly audit_source: string;
}

/** The same engagement twice is one entry; `isNew` tells. Its status is that of the moment it was written. */
export async function writeEngagement(
  db: Database,
  engagement: LoggedEngagement,
): Promise<{ readonly record: EngagementRecord; readonly isNew: boolean }> {
  const { actionId, metrics, contentSha256, at, source = 'agent_assist_configurator', agentIdHashKey } = engagement;
  const agentId = agentIdHashKey ? agentIdHash(agentIdHashKey, engagement.agentId) : engagement.agentId;
  return db.tx(async (trx) => {
    const status = contentSha256 ? await complianceOf(trx, contentSha256) : 'unknown';
    const record: EngagementRecord = {
      timestamp: at.toISOString(),
      action_id: actionId,
      agent_id: agentId,
      metrics,
      compliance_status: status,
      audit_source: source,
    };
    const digest = Buffer.from(leafHash(canonicalJson({ ...record, compliance_status: null })))
      .toString('hex')
      .slice(0, 32);
    const isNew = await appendAudit(
      trx,
      {
        key: `engagement/${digest}`,
        at,
        actor: source,
        act: 'engagement',
        reason: 'engagement of an agent with a card',
        complianceStatus: status,
        details: { ...record, contentSha256: contentSha256 ?? null },
      },
      ['complianceStatus', 'compliance_status'],
    );
    return { record, isNew };
  });
}
