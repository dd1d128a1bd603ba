/** How whatever speaks with Temporal writes and reads payloads: made here, and nowhere else. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DataConverter } from '@temporalio/common';
import { createCodec } from './cipher.ts';
import type { CodecKey } from './keys.ts';

/** As it lies beside us, compiled or not. */
export const FAILURE_CONVERTER = join(
  __dirname,
  existsSync(join(__dirname, 'failure-converter.ts')) ? 'failure-converter.ts' : 'failure-converter.js',
);

export function dataConverterOf(keys: readonly CodecKey[]): DataConverter {
  return {
    payloadCodecs: [createCodec(keys)],
    ...(keys.length > 0 && { failureConverterPath: FAILURE_CONVERTER }),
  };
}
