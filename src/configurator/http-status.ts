/** What a refusal of the engine is over HTTP, whichever process answers it. */
import type { AssistErrorCode } from './errors.ts';

export interface HttpKind {
  readonly status: number;
  readonly title: string;
}

export const ENGINE_KINDS: Readonly<Partial<Record<AssistErrorCode, HttpKind>>> = {
  'api-not-allowed': { status: 403, title: 'Not allowed' },
  'act-forbidden': { status: 403, title: 'Not allowed' },
  usage: { status: 422, title: 'Request invalid' },
  'rollout-not-found': { status: 404, title: 'Rollout not found' },
  'version-unknown': { status: 404, title: 'Version unknown' },
  'rollout-already-running': { status: 409, title: 'Rollout already running' },
  'rollout-ended': { status: 409, title: 'Rollout ended' },
  'rollout-frozen': { status: 409, title: 'Rollout frozen' },
  'rollout-watched': { status: 409, title: 'Rollout watched' },
  'update-rejected': { status: 409, title: 'Not possible now' },
  'undo-refused': { status: 409, title: 'Undo refused' },
  'freeze-refused': { status: 409, title: 'Freeze refused' },
  'history-sealed': { status: 500, title: 'History in cipher' },
  'history-damaged': { status: 500, title: 'History in cipher' },
  'no-worker': { status: 503, title: 'No worker answers' },
  'registry-unanswered': { status: 503, title: 'No worker answers' },
  'temporal-unreachable': { status: 503, title: 'Engine unreachable' },
  'temporal-refused': { status: 503, title: 'Engine unreachable' },
  'store-missing': { status: 503, title: 'Engine unreachable' },
};
