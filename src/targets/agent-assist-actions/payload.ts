/** What is written for a version, and what makes two versions the same content. */
import { createHash } from 'node:crypto';
import type { CardVersion } from '../../domain/plan/plan.ts';

/** What POST and PUT take. */
export interface ActionPayload {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly version: string;
  readonly trigger: CardVersion['trigger'] & { readonly type: 'transcript' };
  readonly content: { readonly type: 'html'; readonly html: string };
  readonly ui: Pick<CardVersion['ui'], 'position' | 'size'> & { readonly required_features: readonly string[] };
  readonly metadata: {
    readonly traffic_split: number;
    readonly ab_test_group: 'control' | 'candidate';
    readonly version: string;
    readonly rollout_id: string;
    readonly content_sha256: string;
  };
}

/** How a version is served, and by which rollout it came. */
export interface Serving {
  /** 0..100 */
  readonly splitPercent: number;
  readonly group: 'control' | 'candidate';
  readonly rolloutId: string;
  readonly contentSha256: string;
}

/** The action document that Genesys takes for one version of an action, enabled. */
export function buildActionPayload(action: CardVersion, serving: Serving): ActionPayload {
  return {
    name: actionDocumentName(action),
    description: `Agent assist action for ${action.name}`,
    enabled: true,
    version: action.version,
    trigger: triggerOf(action),
    content: { type: 'html', html: action.html },
    ui: uiOf(action),
    metadata: {
      traffic_split: serving.splitPercent,
      ab_test_group: serving.group,
      version: action.version,
      rollout_id: serving.rolloutId,
      content_sha256: serving.contentSha256,
    },
  };
}

/** What would be written, but for how it is served; the card is told by its size and hash. */
export function documentOf(action: CardVersion): object {
  const sha256 = contentSha256(action);
  const serving = { splitPercent: 0, group: 'candidate' as const, rolloutId: '-', contentSha256: sha256 };
  const { metadata: _metadata, content, ...rest } = buildActionPayload(action, serving);
  return { ...rest, content: { type: content.type, bytes: Buffer.byteLength(action.html), sha256 } };
}

/** What Genesys calls a version: `RefundAssist v1.6.0`. Unique in an organisation. */
export function actionDocumentName(action: Pick<CardVersion, 'name' | 'version'>): string {
  return `${action.name} v${action.version}`;
}

/** Hash of the content that an action version stands for. */
export function contentSha256(action: CardVersion): string {
  return createHash('sha256').update(canonicalContent(action)).digest('hex');
}

/**
 * What makes two versions the same content: html, trigger and ui, in one fixed order of fields. The first line names
 * the format, so that a later one cannot be mistaken for it.
 */
export function canonicalContent(action: CardVersion): string {
  const content = { html: action.html, trigger: triggerOf(action), ui: uiOf(action) };
  return `assist-rollouts/content/v1\n${JSON.stringify(content)}`;
}

function triggerOf({ trigger }: CardVersion): ActionPayload['trigger'] {
  return {
    type: 'transcript',
    minConfidence: trigger.minConfidence,
    keywords: [...trigger.keywords],
    ...(trigger.stemming !== undefined && { stemming: trigger.stemming }),
    conditions: trigger.conditions.map(({ type, id }) => ({ type, id })),
  };
}

function uiOf({ ui }: CardVersion): ActionPayload['ui'] {
  return { position: ui.position, size: ui.size, required_features: [...ui.requiredFeatures] };
}
