/** A card as a row of ours, and what makes two of them the same. */
import { createHash } from 'node:crypto';
import type { CardVersion } from '../../domain/plan/plan.ts';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import type { PanelContent } from '../../store/panel/versions.ts';

export function contentOf({ html, trigger, ui, inlineCode }: PanelContent): PanelContent {
  const { minConfidence, keywords, stemming, conditions } = trigger;
  return {
    html,
    trigger: {
      minConfidence,
      keywords: [...keywords],
      ...(stemming !== undefined && { stemming }),
      conditions: conditions.map(({ type, id }) => ({ type, id })),
    },
    ui: { position: ui.position, size: ui.size, requiredFeatures: [...ui.requiredFeatures] },
    ...(inlineCode === 'byHash' && { inlineCode }),
  };
}

/**
 * In one fixed order of fields. The first line names the format, so that a later one cannot be mistaken for it.
 */
export function contentSha256(content: PanelContent): string {
  return sha256(`assist-rollouts/panel-content/v1\n${JSON.stringify(contentOf(content))}`);
}

export function fingerprintOf(content: PanelContent): Fingerprint {
  const { html, trigger, ui, inlineCode } = contentOf(content);
  return {
    html: sha256(html),
    trigger: sha256(JSON.stringify(trigger)),
    ui: sha256(JSON.stringify(ui)),
    ...(inlineCode !== undefined && { inlineCode: sha256(inlineCode) }),
  };
}

/** For people to compare; the card is told by its size and hash. */
export function documentOf(action: CardVersion): object {
  const { html, ...rest } = contentOf(action);
  return {
    name: `${action.name} v${action.version}`,
    ...rest,
    html: { bytes: Buffer.byteLength(html), sha256: sha256(html) },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
