/** An action document in our words, and back. */
import { createHash } from 'node:crypto';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import { actionDocumentName, contentSha256 } from './payload.ts';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { TargetKind } from '../../domain/plan/target-schema.ts';
import type { ServedVersion } from '../../domain/split/bucket.ts';
import type { SeenVersion } from '../../domain/split/seen-version.ts';
import type { ActionDocument } from '../../genesys/wire.ts';

export const KIND = 'agentAssistActions' satisfies TargetKind;

export function versionOf(document: ActionDocument): string | undefined {
  return document.metadata?.version ?? document.version ?? undefined;
}

/**
 * Does the document hold some version of the action, by its name? `RefundAssist v2 Beta v1.0.0` begins like one of
 * RefundAssist, and is none.
 */
export function isVersionOf(document: ActionDocument, actionName: string): boolean {
  return seenVersion(document)?.actionName === actionName;
}

/** A group that is not the candidate's counts as control, as it does where cards are served. */
export function servedAs(document: ActionDocument): ServedVersion {
  return {
    enabled: document.enabled,
    group: document.metadata?.ab_test_group === 'candidate' ? 'candidate' : 'control',
    splitPercent: document.metadata?.traffic_split ?? 0,
  };
}

/** Can anybody see it? */
export function isServing(document: ActionDocument): boolean {
  const { enabled, splitPercent } = servedAs(document);
  return enabled && splitPercent > 0;
}

/**
 * The same document, serving so; nothing else changes, but for the mark by which a version that is held against no card
 * is known to whoever has not its plan.
 */
export function servingAs(document: ActionDocument, to: ServedVersion, standsAlone = false): ActionDocument {
  const { counterpart: _mark, ...rest } = document.metadata ?? {};
  const metadata = {
    ...rest,
    traffic_split: to.splitPercent,
    ab_test_group: to.group,
    ...(standsAlone && { counterpart: NO_COUNTERPART }),
  };
  return { ...document, enabled: to.enabled, metadata };
}

const NO_COUNTERPART = 'none';

/** Hash of what the document really holds, whatever its metadata claims; null when it holds no whole card. */
export function contentSha256Of(document: ActionDocument): string | null {
  const content = contentOf(document);
  return content === null ? null : contentSha256({ name: '', version: '', ...content });
}

/** What the document shows and when, unknown fields included: whoever adds one changes the card. */
export function fingerprintOf({ content, trigger, ui }: ActionDocument): Fingerprint {
  return { html: sha256Of(content), trigger: sha256Of(trigger), ui: sha256Of(ui) };
}

function sha256Of(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(inOneOrder(value)) ?? '')
    .digest('hex');
}

/** Fields in one order, and a field that is null as one that is absent: a document may come back either way. */
function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, field]) => field != null)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([key, field]) => [key, inOneOrder(field)]));
}

/**
 * The document as a listing's line; null when it is no version of any action. The name alone says whose it is, as it
 * does where cards are served: what its metadata claim hides nothing.
 */
export function seenVersion(document: ActionDocument): SeenVersion | null {
  const end = document.name.lastIndexOf(' v');
  const version = document.name.slice(end + 2);
  if (end < 1 || version === '') return null;
  return {
    target: KIND,
    id: document.id,
    actionName: document.name.slice(0, end),
    version,
    ...servedAs(document),
    fingerprint: fingerprintOf(document),
    standsAlone: document.metadata?.counterpart === NO_COUNTERPART,
    rolloutId: document.metadata?.rollout_id ?? null,
    ...lastChangeOf(document),
  };
}

export function lastChangeOf({ dateModified, modifiedBy: by }: ActionDocument): {
  readonly changedAt: string | null;
  readonly changedBy: string | null;
} {
  return { changedAt: dateModified ?? null, changedBy: typeof by === 'string' ? by : (by?.name ?? by?.id ?? null) };
}

/** The parts in which the document is not the version: of `name`, `version`, `html`, `trigger`, `ui`. */
export function differingParts(document: ActionDocument, action: CardVersion): string[] {
  const seen = contentOf(document);
  const expected = contentSha256(action);
  const parts = (['html', 'trigger', 'ui'] as const).filter(
    (part) => seen === null || contentSha256({ ...action, [part]: seen[part] }) !== expected,
  );
  return [
    ...(document.name === actionDocumentName(action) ? [] : ['name']),
    ...(versionOf(document) === action.version ? [] : ['version']),
    ...parts,
  ];
}

/** What a version is, without its name. */
export type Content = Pick<CardVersion, 'html' | 'trigger' | 'ui'>;

/** Null when the document holds no whole card. */
export function contentOf({ trigger, content, ui }: ActionDocument): Content | null {
  if (content?.html == null || trigger?.minConfidence == null || ui?.position == null || ui.size == null) return null;
  const { minConfidence, keywords, conditions, stemming } = trigger;
  return {
    html: content.html,
    trigger: {
      minConfidence,
      keywords: keywords ?? [],
      conditions: (conditions ?? []) as Content['trigger']['conditions'],
      ...(stemming != null && { stemming: stemming as Content['trigger']['stemming'] }),
    },
    ui: {
      position: ui.position as Content['ui']['position'],
      size: ui.size as Content['ui']['size'],
      requiredFeatures: ui.required_features ?? [],
    },
  };
}
