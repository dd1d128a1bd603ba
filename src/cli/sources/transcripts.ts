/** Past transcripts: one utterance a line, as JSON. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Utterance } from '../../domain/trigger/evaluate.ts';

class TranscriptsError extends Error {
  readonly code = 'transcripts-invalid';
  readonly remedy = 'Each line is {"text","confidence","isFinal","queueId","skillIds"}; docs/cli.md shows one.';
}

const utteranceSchema = z.object({
  text: z.string(),
  confidence: z.number().min(0).max(1),
  isFinal: z.boolean(),
  queueId: z.string(),
  skillIds: z.array(z.string()),
});

/** Line by line, so that a file of any size fits. Throws a TranscriptsError that names the line. */
export async function* readTranscripts(file: string): AsyncGenerator<Utterance> {
  const stream = createReadStream(file, 'utf8');
  let line = 0;
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
      line += 1;
      if (text.trim() !== '') yield utteranceOf(text, `${file}:${line}`);
    }
  } catch (error) {
    if (error instanceof TranscriptsError) throw error;
    throw new TranscriptsError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  } finally {
    stream.destroy();
  }
}

function utteranceOf(text: string, place: string): Utterance {
  const parsed = utteranceSchema.safeParse(json(text, place));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new TranscriptsError(
    `${place} is no utterance: ${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'unknown'}.`,
  );
}

function json(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TranscriptsError(`${place} is not JSON: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
