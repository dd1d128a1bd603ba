/** The keys that histories are in cipher with, as their file lists them: one a line, `id: base64 of 32 bytes`. */

export interface CodecKey {
  /** Stands beside each payload in the clear. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

export interface ReadCodecKeys {
  /** The first seals, all open; none: nothing is in cipher. */
  readonly keys: readonly CodecKey[];
  /** Clauses such as "line 2 holds 16 bytes"; none repeats what a key is. */
  readonly problems: readonly string[];
}

const KEY_BYTES = 32;
const ID = /^[A-Za-z0-9][\w.-]{0,63}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Of 32 random bytes fewer are different once in more than anybody makes. */
const MIN_DIFFERENT_BYTES = 12;

/** Never throws. Empty lines and lines that begin with # say nothing. */
export function readCodecKeys(text: string): ReadCodecKeys {
  const keys: CodecKey[] = [];
  const problems: string[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const read = readLine(line, keys);
    if (typeof read === 'string') problems.push(`line ${at + 1} ${read}`);
    else keys.push(read);
  }
  if (keys.length === 0 && problems.length === 0 && text !== '') problems.push('it holds no key');
  return { keys, problems };
}

/** The key, or what is wrong. */
function readLine(line: string, before: readonly CodecKey[]): CodecKey | string {
  const [, id = '', written = ''] = /^\s*([^\s:]+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
  if (!ID.test(id)) return 'is no "id: key"; an id has at most 64 letters, digits, dots, dashes and underscores';
  if (before.some((key) => key.id === id)) return `names "${id}" a second time`;
  const value = /^(["']?)(.*)\1$/.exec(written)?.[2] ?? '';
  if (!BASE64.test(value)) return `holds no base64 for "${id}"`;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length !== KEY_BYTES) return `holds ${bytes.length} bytes for "${id}"; expected ${KEY_BYTES}`;
  if (new Set(bytes).size < MIN_DIFFERENT_BYTES) return `holds a key for "${id}" that can be guessed`;
  const same = before.find((key) => Buffer.compare(key.bytes, bytes) === 0);
  return same === undefined ? { id, bytes } : `gives "${id}" the key of "${same.id}"`;
}
