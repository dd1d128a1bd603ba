/** Every setting that is a secret: given by itself, or in a file that `<NAME>_FILE` names. */
import { readFileSync } from 'node:fs';
import { SECRET_SETTINGS } from './variables.ts';
import type { SecretSetting } from './variables.ts';

export type Env = Readonly<Record<string, string | undefined>>;
export type Report = (name: string, message: string) => void;

/**
 * Null when it is not set. Both ways at once, or a file that cannot be read or is empty, are reported; no value is
 * repeated.
 */
export function readSecret(env: Env, name: SecretSetting, report: Report): string | null {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (direct && file) report(name, `is set, and so is ${name}_FILE: set one of them only`);
  if (direct) return direct;
  if (!file) return null;
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') report(`${name}_FILE`, 'names a file that is empty');
    return text;
  } catch (error) {
    report(`${name}_FILE`, `names a file that cannot be read: ${(error as Error).message}`);
    return '';
  }
}

/** The environment with every secret in its own variable, wherever it was given. */
export function withSecrets(env: Env, names: readonly SecretSetting[], report: Report): Env {
  return { ...env, ...Object.fromEntries(names.map((name) => [name, readSecret(env, name, report) ?? undefined])) };
}

/**
 * All secrets of the environment and their parts, for who cuts them out of what is written. Nothing is reported here.
 */
export function secretsIn(env: Env): string[] {
  const settings = SECRET_SETTINGS.flatMap((name) => {
    const text = readSecret(env, name, () => undefined);
    return text ? partsOf(name, text) : [];
  });
  const proxies = PROXIES.map((name) => env[name] ?? '').map((url) => (url.includes('://') ? url : `http://${url}`));
  return [...settings, ...proxies.flatMap(passwordsOf)];
}

const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'];

function partsOf(name: SecretSetting, text: string): string[] {
  switch (name) {
    case 'DATABASE_URL':
      return passwordsOf(text);
    case 'COACHING_DESTINATIONS':
    case 'HOOK_SECRETS':
      return text.match(/whsec_[A-Za-z0-9+/=]+/g) ?? [];
    case 'ASSIST_OPERATOR_KEY':
    case 'ASSIST_ATTESTOR_KEY':
      return [text, ...(/"d"\s*:\s*"([\w-]+)"/.exec(text)?.slice(1) ?? [])];
    case 'TEMPORAL_CODEC_KEYS':
      return text.match(/[A-Za-z0-9+/]{40,}=*/g) ?? [];
    case 'AUDIT_SIGNING_KEY':
      return [text, text.split('+').slice(4).join('+')];
    default:
      return secretsOf(name, text);
  }
}

/** Where one may stand beside the one that replaces it; all others are one, whatever is in it. */
const LISTS: readonly string[] = [
  'EVENTS_SIGNING_SECRETS',
  'EVENTS_METRIC_SECRETS',
  'EVENTS_HUB_SECRET',
  'EVENTS_BRIDGE_SECRET',
  'COACHING_SIGNING_SECRET',
  'PANEL_SESSION_SECRET',
  'CONSOLE_SESSION_SECRET',
];

/** Those that a setting holds. */
export function secretsOf(name: string, text: string): string[] {
  return LISTS.includes(name) ? text.split(/[\s,]+/).filter(Boolean) : [text].filter(Boolean);
}

/**
 * As it is written and as it is meant. A short one is a word like others, and what is cut as a part of a URL anyway.
 */
function passwordsOf(url: string): string[] {
  return [URL.canParse(url) ? new URL(url).password : '', passwordOf(url)].filter(
    ({ length }) => length >= MIN_PASSWORD_LENGTH,
  );
}

const MIN_PASSWORD_LENGTH = 8;

/** Of a URL, as it is meant; empty when there is none. */
export function passwordOf(url: string): string {
  const password = URL.canParse(url) ? new URL(url).password : '';
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
