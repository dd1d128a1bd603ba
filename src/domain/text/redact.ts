/** Secrets cut out of a text, wherever they stand and however another program wrote them down. */

export type Redact = (text: string) => string;

/** Shorter ones are parts of ordinary words, and would turn every message into a riddle. */
const MIN_LENGTH = 6;

/**
 * Cuts the given secrets (as they are, percent-encoded, as HTML or JSON writes them, in hexadecimal, and in base64,
 * also amid a
 * longer text such as `id:secret`) and whatever looks like a credential: webhook secrets, Bearer and Basic, passwords
 * in URLs.
 */
export function createRedactor(secrets: readonly string[] = []): Redact {
  const known = patternOf(secrets);
  return (text) =>
    PATTERNS.reduce(
      (cut, [pattern, by]) => cut.replace(pattern, by),
      known === null ? text : text.replace(known, '[redacted]'),
    );
}

/** What a credential looks like, and what is left of it. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/whsec_[A-Za-z0-9+/=_-]+/g, 'whsec_[redacted]'],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\b(postgres(?:ql)?:\/\/[^:@/\s"]*:)[^@\s"]+@/gi, '$1[redacted]@'],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^:@/?#\s"]*:)[^@/?#\s"]+@/gi, '$1[redacted]@'],
];

/** All strings within a plain value, names of fields left alone. What is no plain object (a Date) stays as it is. */
export function redactDeep<T>(value: T, redact: Redact): T {
  return deep(value, redact) as T;
}

function deep(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((one) => deep(one, redact));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, deep(inner, redact)]));
}

function patternOf(secrets: readonly string[]): RegExp | null {
  const forms = new Set(
    secrets
      .flatMap(partsOf)
      .filter(({ length }) => length >= MIN_LENGTH)
      .flatMap(formsOf),
  );
  // A longer form first: what is cut must not leave the rest of a longer one behind.
  const sources = [...forms]
    .toSorted((a, b) => b.length - a.length)
    .map((form) => Array.from(form, patternOfCharacter).join(''));
  return sources.length === 0 ? null : new RegExp(sources.join('|'), 'g');
}

/** The key of a webhook secret is one by itself. */
function partsOf(secret: string): string[] {
  const trimmed = secret.trim();
  return trimmed.startsWith('whsec_') ? [trimmed, trimmed.slice('whsec_'.length)] : [trimmed];
}

function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = [0, 1, 2].map((shift) => base64Core(bytes, shift)).filter(({ length }) => length >= MIN_LENGTH);
  return [
    secret,
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/**
 * The letters that base64 writes for these bytes whatever stands before (`shift` bytes beyond a whole group) and behind
 * them.
 */
function base64Core(bytes: Uint8Array, shift: number): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(shift), ...bytes));
  const settled = Math.floor(((shift + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((shift * 8) / 6), settled);
}

/** A letter as it is; any other character also as a URL (once or twice encoded), HTML or JSON writes it. */
function patternOfCharacter(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character;
  const escaped = character.replaceAll(/[$()*+./?[\\\]^{|}-]/g, String.raw`\$&`);
  const code = character.codePointAt(0) ?? 0;
  const percent = percentEncode(character);
  const named = ENTITIES[character];
  const ways = [
    String.raw`\\?${escaped}`,
    percent,
    percent.replaceAll('%', '%25'),
    `&#0*${code};`,
    `&#[xX]0*${anyCase(code.toString(16))};`,
    String.raw`\\u${anyCase(code.toString(16).padStart(4, '0'))}`,
    ...(character === ' ' ? [String.raw`\+`] : []),
    ...(named === undefined ? [] : [named]),
  ];
  return `(?:${ways.join('|')})`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '/': '&sol;',
  '+': '&plus;',
  '=': '&equals;',
};

function percentEncode(character: string): string {
  return Array.from(
    new TextEncoder().encode(character),
    (byte) => `%${anyCase(byte.toString(16).padStart(2, '0'))}`,
  ).join('');
}

function anyCase(hex: string): string {
  return hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}
