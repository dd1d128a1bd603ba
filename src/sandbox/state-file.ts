/** What survives a kill: written beside the file and renamed over it, so a reader never meets half a state. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { z } from 'zod';
import { copilotStateSchema } from './copilot/copilot-organisation.ts';
import { coverageLogSchema } from './coverage.ts';
import { integrationSchema } from './integrations/integrations.ts';
import { queueSchema } from './routing.ts';
import { SandboxError } from './sandbox-error.ts';
import { transcriptionSchema } from './transcription.ts';
import { actionDocumentSchema, exportDocumentSchema } from './wire.ts';

const stateSchema = z.object({
  format: z.literal(1),
  /** Starts so far: traffic after a restart never repeats the ids of before. */
  incarnation: z.int().min(0),
  actions: z.array(actionDocumentSchema),
  exports: z.array(exportDocumentSchema),
  integrations: z.array(integrationSchema).default([]),
  queues: z.array(queueSchema).optional(),
  transcription: transcriptionSchema.optional(),
  coverage: coverageLogSchema,
  copilot: copilotStateSchema.optional(),
});
export type SavedState = z.infer<typeof stateSchema>;

/** undefined when there is no file yet. */
export function readState(file: string): SavedState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return stateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SandboxError(
      'sandbox-state-unreadable',
      `The state file ${file} is not one of the sandbox's (format 1). Delete it to start with a new ` +
        'organisation, or name another file.',
      { cause },
    );
  }
}

/** Only the owner may read it: exports carry their signing secrets. */
export function writeState(file: string, state: SavedState): void {
  makeFolder(path.dirname(file));
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
  renameSync(draft, file);
}
