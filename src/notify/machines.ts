/** What machines get: CloudEvents 1.0, and alerts as PagerDuty's Events API v2 takes them. One message each. */
import { partsOf } from '../domain/messages/text.ts';
import type { Link } from '../domain/messages/text.ts';
import type { QueuedMessage } from '../store/messages.ts';
import { cut } from './payload.ts';

/** Structured JSON; its id is the same for every attempt. */
export function cloudEvent(message: QueuedMessage, links: readonly Link[]): object {
  const { id, event, workflowId, action, atMs, ...data } = message;
  return {
    specversion: '1.0',
    id,
    source: `/assist-rollouts/${encodeURI(workflowId ?? 'guardian')}`,
    type: `assist-rollouts.${event}`,
    ...(action === null ? {} : { subject: action }),
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    data: { event, action, workflowId, links, ...data },
  };
}

const SEVERITIES = { info: 'info', action: 'warning', warning: 'warning', alert: 'critical' };
const MAX_SUMMARY = 1024;
const MAX_KEY = 255;

/** One alert for each rollout: what comes later adds to it, and its end resolves it. */
export function pagerDutyEvent(message: QueuedMessage, links: readonly Link[], routingKey: string): object {
  const { alert, headline, severity, atMs, action, event, id } = message;
  const common = {
    routing_key: routingKey,
    dedup_key: cut(`assist-rollouts/${alert?.key ?? id}`, MAX_KEY),
  };
  if (alert?.state === 'over') return { ...common, event_action: 'resolve' };
  return {
    ...common,
    event_action: 'trigger',
    client: 'Assist Rollouts',
    payload: {
      summary: cut(headline, MAX_SUMMARY),
      source: 'assist-rollouts',
      severity: SEVERITIES[severity],
      timestamp: new Date(atMs).toISOString(),
      component: action ?? 'guardian',
      class: event,
      custom_details: Object.fromEntries(partsOf(message).map(({ label, lines }) => [label, lines.join('\n')])),
    },
    links: links.map(({ title, url }) => ({ href: url, text: title })),
  };
}
