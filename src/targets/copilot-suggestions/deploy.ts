/** What a rollout of a text finds when it begins: the rule that asks for it, the text that serves, and its own. */
import type { SuggestionVersion } from '../../domain/plan/plan.ts';
import { isSuggestion } from '../../domain/plan/plan.ts';
import type { TargetOf } from '../../domain/plan/target-schema.ts';
import type { Deployment, VersionRef } from '../../domain/rollout/deployment.ts';
import { certainText, stillServes } from '../../domain/split/served-text.ts';
import type { Assistants } from '../../genesys/assistants.ts';
import type { CopilotRow } from '../../store/copilot.ts';
import { publishText } from '../../store/copilot-texts.ts';
import type { Database } from '../../store/database.ts';
import { sha256Of } from '../../domain/shared/content-hash.ts';
import type { DeployRequest } from '../target.ts';
import { refuseOtherTarget } from '../other-target.ts';
import { TargetError } from '../target-error.ts';
import { assertRule } from './rule.ts';

export type Request = DeployRequest & { readonly target: TargetOf<'copilotSuggestions'> };

/** An arm that shows no text is null. */
export async function makeDeployment(
  db: Database,
  assistants: Assistants,
  request: Request,
  known: CopilotRow | null,
): Promise<Deployment> {
  const { action, target, rolloutId, noCard } = request;
  const rule = await assertRule(assistants, target.assistant);
  const serving = servingNow(known);
  const named = { target: 'copilotSuggestions', actionName: action.name, handle: { ...target } } as const;
  if (noCard === 'candidate') return { ...named, baseline: servesAsNamed(serving, request), candidate: null };
  const content = textOf(action).suggestion;
  const contentSha256 = sha256Of(content);
  if (serving !== null && noCard === 'baseline') throw notFirst(action.name, serving);
  if (serving?.version === action.version && serving.fingerprint['text'] === contentSha256)
    throw new TargetError(
      'AlreadyServing',
      `v${action.version} of ${action.name} serves already. Roll out another version.`,
    );
  if (serving === null && noCard === undefined) throw noBaseline(action.name);
  const text = await publishText(db, {
    action: action.name,
    version: action.version,
    content,
    contentSha256,
    rolloutId,
  });
  if (text.contentSha256 !== contentSha256) throw conflict(action);
  const candidate = { id: text.id, version: text.version, fingerprint: { text: contentSha256, rule } };
  return { ...named, baseline: serving, candidate };
}

/** The version that serves alone since the last rollout ended; the rule is no part of what it holds. */
export function servingNow(row: CopilotRow | null): VersionRef | null {
  if (row?.deployment.target !== 'copilotSuggestions') return null;
  const serving = certainText(row);
  if (serving === null) return null;
  const { rule: _rule, ...fingerprint } = serving.fingerprint;
  return { ...serving, fingerprint };
}

/** What stands in its way, whatever the organisation says. */
export function refuseTaken(rows: readonly CopilotRow[], asked: Pick<Request, 'action' | 'target'>): void {
  refuseOtherTarget(rows, { actionName: asked.action.name, target: asked.target.kind });
  refuseOthers(rows, asked);
}

/** One rule asks for one text: it cannot tell which of two actions it means. */
function refuseOthers(rows: readonly CopilotRow[], { action, target }: Pick<Request, 'action' | 'target'>): void {
  const other = rows.find(
    ({ action: name, deployment, retired }) =>
      name !== action.name &&
      deployment.target === 'copilotSuggestions' &&
      (deployment.handle as { readonly assistant?: unknown } | undefined)?.assistant === target.assistant &&
      stillServes({ deployment, retired }),
  );
  if (other === undefined) return;
  throw new TargetError(
    'OtherCandidate',
    `Assistant ${target.assistant} shows texts of ${other.action} already, and its rule cannot tell two actions apart. ` +
      'Use another assistant, or retire that action first.',
  );
}

function servesAsNamed(serving: VersionRef | null, { action }: Request): VersionRef {
  if (serving?.version === action.version) return serving;
  throw new TargetError(
    'NoBaseline',
    `v${action.version} of ${action.name} does not serve${serving === null ? '' : `, but v${serving.version} does`}. ` +
      'Name the version that serves.',
  );
}

export function textOf(action: DeployRequest['action']): SuggestionVersion {
  if (isSuggestion(action)) return action;
  throw new TargetError('NoCard', `${action.name} v${action.version} holds no text. Give suggestion in the plan.`);
}

function noBaseline(actionName: string): TargetError {
  return new TargetError(
    'NoBaseline',
    `No text of ${actionName} serves yet. Roll out its first version with \`control: none\`.`,
  );
}

function notFirst(actionName: string, { version }: VersionRef): TargetError {
  return new TargetError(
    'VersionServes',
    `${actionName} v${version} serves, so this is no first version. Leave \`control: none\` out.`,
  );
}

function conflict({ name, version }: DeployRequest['action']): TargetError {
  return new TargetError(
    'VersionConflict',
    `${name} v${version} is there with another text. A version never changes: publish this one under a new version.`,
  );
}
