/** What an assistant shows, as hashes by part: it has no version, so another hash is another hand's edit. */
import { createHash } from 'node:crypto';
import type { Fingerprint } from '../../domain/split/fingerprint.ts';

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

/** Of the assistants of one arm; where it has several each part bears the beginning of its assistant's id. */
export function fingerprintOf(contents: readonly AssistantContent[]): Fingerprint {
  const parts = contents.flatMap(({ id, assistant, copilot }) => {
    const { ruleEngineConfig, nluConfig, ...rest } = without(copilot ?? {}, READ_ONLY_COPILOT);
    const suffix = contents.length === 1 ? '' : ` of ${id.slice(0, 8)}`;
    return Object.entries({
      assistant: without(assistant, READ_ONLY),
      rules: ruleEngineConfig ?? null,
      intents: nluConfig ?? null,
      copilot: copilot === null ? null : rest,
    }).map(([part, content]) => [`${part}${suffix}`, sha256(content)]);
  });
  return Object.fromEntries(parts) as Fingerprint;
}

function without(
  document: Readonly<Record<string, unknown>>,
  fields: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(document).filter(([field]) => !fields.has(field)));
}

export function sha256(content: unknown): string {
  return createHash('sha256').update(canonical(content)).digest('hex');
}

/** The same text whatever the order of fields; a field without a value counts as one that is not there. */
function canonical(content: unknown): string {
  if (Array.isArray(content)) return `[${content.map(canonical).join(',')}]`;
  if (typeof content !== 'object' || content === null) return JSON.stringify(content ?? null);
  const fields = Object.entries(content)
    .filter(([field, value]) => value !== undefined && value !== null && field !== 'selfUri')
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([field, value]) => `${JSON.stringify(field)}:${canonical(value)}`).join(',')}}`;
}
