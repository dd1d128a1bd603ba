/** What an assistant shows, as hashes by part: it has no version, so another hash is another hand's edit. */
import type { Fingerprint } from '../../domain/split/fingerprint.ts';
import { sha256Of } from '../../domain/shared/content-hash.ts';

/** Documents as the organisation gives them. */
export interface AssistantContent {
  readonly id: string;
  readonly assistant: Readonly<Record<string, unknown>>;
  /** Null: it has none. */
  readonly copilot: Readonly<Record<string, unknown>> | null;
}

/** What the organisation writes by itself, and what says who wrote when: no content. */
const READ_ONLY = new Set([
  'id',
  'selfUri',
  'state',
  'copilot',
  'variationParent',
  'createdBy',
  'modifiedBy',
  'dateCreated',
  'dateModified',
]);
/** Of a copilot also whether it is in use, which follows from its queues. */
const READ_ONLY_COPILOT = new Set([...READ_ONLY, 'enabled']);

/** Of assistants of one arm; where it has several each part bears the beginning of its assistant's id. */
export function fingerprintOf(contents: readonly AssistantContent[], areSeveral = contents.length > 1): Fingerprint {
  const parts = contents.flatMap(({ id, assistant, copilot }) => {
    const { ruleEngineConfig, nluConfig, ...rest } = without(copilot ?? {}, READ_ONLY_COPILOT);
    const suffix = areSeveral ? suffixOf(id) : '';
    return Object.entries({
      assistant: without(assistant, READ_ONLY),
      rules: ruleEngineConfig ?? null,
      intents: nluConfig ?? null,
      copilot: copilot === null ? null : rest,
    }).map(([part, content]) => [`${part}${suffix}`, sha256Of(content)]);
  });
  return Object.fromEntries(parts) as Fingerprint;
}

/** Of an arm that has several. */
export function isPartOf(part: string): (assistantId: string) => boolean {
  return (id) => part.endsWith(suffixOf(id));
}

function suffixOf(id: string): string {
  return ` of ${id.slice(0, 8)}`;
}

function without(
  document: Readonly<Record<string, unknown>>,
  fields: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([field]) => !fields.has(field)));
}
