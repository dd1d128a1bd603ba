/** OCSF 1.8.0, Entity Management (class 3004): one JSON object a line. */
import { activityOf } from './activity.ts';
import { asciiJson } from './record.ts';
import type { LogSender, SiemRecord } from './record.ts';

const CLASS_UID = 3004;
const SEVERITIES = { 1: 'Informational', 2: 'Low', 3: 'Medium', 4: 'High' } as const;

export function formatOcsf(record: SiemRecord, sender: LogSender): string {
  const activity = activityOf(record);
  const { content } = record;
  const subject = record.action === null ? '' : `: ${record.action} ${record.version ?? ''}`.trimEnd();
  return asciiJson({
    activity_id: activity.id,
    activity_name: activity.name,
    category_uid: 3,
    category_name: 'Identity & Access Management',
    class_uid: CLASS_UID,
    class_name: 'Entity Management',
    type_uid: CLASS_UID * 100 + activity.id,
    type_name: `Entity Management: ${activity.id === 99 ? 'Other' : activity.name}`,
    severity_id: activity.severity,
    severity: SEVERITIES[activity.severity],
    time: record.atMs,
    status_id: 1,
    status: 'Success',
    message: `${record.act} by ${record.actor}${subject}`,
    comment: record.reason,
    metadata: {
      version: '1.8.0',
      uid: record.id,
      correlation_uid: record.correlationId ?? undefined,
      log_name: sender.origin,
      sequence: record.leaf,
      product: { name: 'assist-rollouts', vendor_name: 'Assist Rollouts', version: sender.productVersion },
    },
    actor: { user: { name: record.actor, type_id: 0 }, app_name: 'assist-rollouts' },
    device: { hostname: sender.host, type_id: 0 },
    entity: entityOf(record, content['before']),
    entity_result: content['after'] ? entityOf(record, content['after']) : undefined,
    unmapped: {
      key: record.key,
      act: record.act,
      rollout_id: record.rolloutId,
      compliance_status: record.complianceStatus,
      leaf: record.leafHash === null ? undefined : record.leaf,
      leaf_hash: record.leafHash,
      content,
    },
  });
}

function entityOf({ action, version, rolloutId, key }: SiemRecord, data: unknown): object {
  return {
    name: action ?? 'audit log',
    uid: rolloutId ?? key,
    type: action === null ? 'Log' : 'Agent Assist action',
    version: version ?? undefined,
    data: data ?? undefined,
  };
}
