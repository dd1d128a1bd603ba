/** Lists of rollouts that people look at again and again, as queries and as pages of the Temporal Web UI. */
import type { TemporalConfig } from '../config/temporal.ts';
import { OUTCOMES } from '../domain/rollout/status.ts';
import { ROLLOUT_WORKFLOW } from '../workflows/messages.ts';

/** Phases in which nothing goes on until a person acts. */
const WAITING = ['awaitingApproval', 'held', 'paused', 'needsAttention'];

export const WAITING_QUERY =
  `WorkflowType = '${ROLLOUT_WORKFLOW}' AND ExecutionStatus = 'Running' AND AssistPhase IN ` +
  `(${WAITING.map((phase) => `'${phase}'`).join(', ')})`;

const VIEWS = [
  { title: 'waiting for a person', query: WAITING_QUERY },
  ...OUTCOMES.map((outcome) => ({
    title: outcome,
    query: `WorkflowType = '${ROLLOUT_WORKFLOW}' AND AssistOutcome = '${outcome}'`,
  })),
];

export interface SavedView {
  readonly title: string;
  readonly url: string;
}

/** None where the address of the Web UI is not known. */
export function savedViews({ uiUrl, namespace }: Pick<TemporalConfig, 'uiUrl' | 'namespace'>): readonly SavedView[] {
  if (uiUrl === null) return [];
  const page = `${uiUrl.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return VIEWS.map(({ title, query }) => ({ title, url: `${page}?query=${encoded(query)}` }));
}

/** Also what a terminal takes for the end of a link. */
function encoded(query: string): string {
  return encodeURIComponent(query).replaceAll(/['()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
