/** Where a message leads: to the report of what has ended, to its run's page on the console, to its run in Temporal. */
import type { Message, MessageEvent } from '../domain/messages/message.ts';
import type { Link } from '../domain/messages/text.ts';

export type Links = (message: Pick<Message, 'event' | 'action' | 'workflowId' | 'rolloutId'>) => readonly Link[];

/** Base URLs; null: it is not known where that is. */
export interface Places {
  readonly consoleUrl: string | null;
  readonly uiUrl: string | null;
  readonly namespace: string;
}

/** Something was shown to agents, and is over. */
const REPORTED: readonly MessageEvent[] = ['promoted', 'retired', 'rolledBack', 'undone'];

/** The one to take first comes first. */
export function linksIn({ consoleUrl, uiUrl, namespace }: Places): Links {
  return ({ event, action, workflowId, rolloutId }) => {
    const base = consoleUrl === null || action === null ? null : urlOf(consoleUrl, 'rollouts', action);
    const isReported = rolloutId !== null && REPORTED.includes(event);
    const report = base === null || !isReported ? null : `${base}/report?rollout=${encodeURIComponent(rolloutId)}`;
    // Another rollout may have begun before anybody follows it.
    const isOfRun = workflowId !== null && rolloutId !== null;
    const page = base === null || !isOfRun ? base : `${base}?run=${encodeURIComponent(rolloutId)}`;
    const run =
      uiUrl === null || workflowId === null
        ? null
        : urlOf(uiUrl, 'namespaces', namespace, 'workflows', workflowId, ...(rolloutId === null ? [] : [rolloutId]));
    return [
      ...(report === null ? [] : [{ title: 'Report', url: report }]),
      ...(page === null ? [] : [{ title: 'Console', url: page }]),
      ...(run === null ? [] : [{ title: 'Temporal Web UI', url: run }]),
    ];
  };
}

function urlOf(base: string, ...path: readonly string[]): string {
  return [base.replace(/\/+$/, ''), ...path.map(encodeURIComponent)].join('/');
}
