/**
 * What a copilot's rollout left is kept by its action alone: under the same name on another target it would take the
 * place of what serves, and nobody would bring that back.
 */
import type { TargetKind } from '../domain/plan/target-schema.ts';
import { certainText, stillServes } from '../domain/split/served-text.ts';
import type { CopilotRow } from '../store/copilot.ts';
import { TargetError } from './target-error.ts';

interface Asked {
  readonly actionName: string;
  readonly target: TargetKind;
}

/** A rollout of it that goes on holds the name at any split, 0 too; one that has ended, while what it left serves. */
export function refuseOtherTarget(rows: readonly CopilotRow[], { actionName, target }: Asked): void {
  const row = rows.find(({ action }) => action === actionName);
  if (row === undefined || row.deployment.target === target || !stillServes(row)) return;
  const serving = row.retired === null ? null : certainText(row);
  const standing = serving === null ? `rollout ${row.rolloutId} has not ended` : `v${serving.version} serves`;
  const isText = row.deployment.target === 'copilotSuggestions';
  throw new TargetError(
    'OtherTarget',
    `${actionName} is on ${row.deployment.target}, where ${standing}; a rollout on ${target} would take its place. ` +
      `Give this plan another action.name${isText ? ', or retire that action first' : ''}.`,
  );
}
