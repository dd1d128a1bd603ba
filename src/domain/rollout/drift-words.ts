/** What is said of drift that a person decides. */
import type { Drift } from './drift.ts';

export function contentChanged(drift: Drift): string {
  return drift.kind === 'candidateContent' || drift.kind === 'baselineContent'
    ? `ContentChanged: ${drift.message}`
    : drift.message;
}

/** What a person can do about it. */
export function wayOut({ kind, isStray }: Drift): string {
  switch (kind) {
    case 'baselineContent':
      return (
        'Resume goes on with the baseline as it now is, abort goes back to it as it now is; or put its content ' +
        'back first.'
      );
    case 'candidateContent':
      return 'Put its content back and resume, or abort: what was not checked is never raised.';
    case 'rival':
      if (isStray === true) return 'Give it back and resume, or abort: without it no split is written any more.';
      return 'Resume goes on beside it, abort rolls this rollout back; neither changes the other version.';
    case 'deleted':
      return 'Abort ends this rollout.';
    case 'unseen':
      return 'Give our OAuth client its rights back and resume; resume alone goes on without a look. Abort rolls back.';
    case 'split':
    case 'enabled':
    case 'export':
      return 'Resume puts it right again, abort rolls back.';
  }
}
