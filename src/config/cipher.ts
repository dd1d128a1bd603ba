/** The keys that histories are in cipher with: given by themselves, or in a file of which nobody else reads. */
import { statSync } from 'node:fs';
import { readCodecKeys } from '../codec/keys.ts';
import type { CodecKey } from '../codec/keys.ts';
import { modeText, whoElseMay } from '../files/mode.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';

const NAME = 'TEMPORAL_CODEC_KEYS';

/** `env` with all secrets in place. */
export function readCipher(env: Env, problems: ConfigProblem[]): readonly CodecKey[] {
  const text = env[NAME];
  if (!text) return [];
  const file = env[`${NAME}_FILE`];
  const report = (message: string): void => void problems.push({ name: file ? `${NAME}_FILE` : NAME, message });
  const open = file ? openTo(file) : null;
  if (open !== null) report(open);
  const read = readCodecKeys(text);
  if (read.problems.length > 0)
    report(
      `${file ? 'names a file that' : ''} cannot be used: ${read.problems.slice(0, 5).join('; ')}; ` +
        'make a key with: openssl rand -base64 32',
    );
  return read.problems.length > 0 ? [] : read.keys;
}

/** What is wrong with who may read the file; null: nothing, or it cannot be read at all, which is told elsewhere. */
function openTo(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  const who = found === undefined ? null : whoElseMay(found.mode, file, { isPrivate: true });
  if (found === undefined || who === null) return null;
  return `names a file that may be ${who} by everybody (mode ${modeText(found.mode)}); expected mode 600: chmod 600 ${file}`;
}
