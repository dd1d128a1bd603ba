/**
 * An export: JSON lines; first the head, then checkpoints, then entries. All that an offline verifier needs besides the
 * public key.
 */
import { z } from 'zod';

export const EXPORT_KIND = 'auditExport';

const head = z.object({
  kind: z.literal(EXPORT_KIND),
  format: z.literal(1),
  /** Which log. */
  origin: z.string(),
  /** Public key as the exporter believes it; a verifier takes its own. */
  key: z.string(),
  /** Entries in the log when it was exported. */
  size: z.int().min(0),
  /** A selection, each entry proven by itself; null when it is the whole log. */
  rolloutId: z.string().nullable(),
});
const checkpoint = z.object({ kind: z.literal('checkpoint'), note: z.string() });
const entry = z.object({
  kind: z.literal('entry'),
  leaf: z.int().min(0),
  /** Base64 of the leaf's hash. */
  hash: z.string(),
  /**
   * From the leaf's sibling up to the root of the last checkpoint, base64; absent where no checkpoint covers the entry.
   */
  proof: z.array(z.string()).optional(),
  /** The exact text that was hashed. */
  line: z.string(),
});

export const exportRecord = z.discriminatedUnion('kind', [head, checkpoint, entry]);
export type ExportHead = z.infer<typeof head>;
export type ExportEntry = z.infer<typeof entry>;
export type ExportRecord = z.infer<typeof exportRecord>;
