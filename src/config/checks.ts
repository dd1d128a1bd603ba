/** What a configuration must not be in earnest and may be against a sandbox organisation. */
import type { Destination } from './destination.ts';
import type { HookSettings } from './hooks.ts';
import { passwordOf, secretsOf, withSecrets } from './secrets.ts';
import type { Env, Report } from './secrets.ts';
import { SECRET_SETTINGS } from './variables.ts';
import { weaknessOfKey, weaknessOfPassword } from './weak-secrets.ts';

const URLS = ['GENESYS_LOGIN_URL', 'GENESYS_API_URL', 'EVENTS_PUBLIC_URL', 'PANEL_PUBLIC_URL'] as const;
const KEYS = [
  'EVENTS_SIGNING_SECRETS',
  'EVENTS_METRIC_SECRETS',
  'EVENTS_HUB_SECRET',
  'EVENTS_BRIDGE_SECRET',
  'EVENTS_ADMIN_TOKEN',
  'AGENT_ID_HASH_KEY',
  'COACHING_SIGNING_SECRET',
  'PANEL_SESSION_SECRET',
  'CONSOLE_SESSION_SECRET',
] as const;

/**
 * `env` with all secrets in place. The organisation is a sandbox when GENESYS_SANDBOX says so, or when both of its URLs
 * are of
 * this machine.
 */
interface Signed {
  readonly destinations: readonly Destination[];
  readonly hooks: HookSettings;
}

export function checkEarnest(env: Env, signed: Signed, report: Report): void {
  const sandbox = isSandbox(env, report);
  for (const name of URLS) checkUrl(name, env[name], sandbox, report);
  if (!sandbox) checkSecrets(env, signed, report);
}

/** Names of those of a sandbox's secrets that nothing else would take. */
export function sandboxWeaknesses(env: Env): string[] {
  const names = new Set<string>();
  const given = withSecrets(env, SECRET_SETTINGS, () => undefined);
  if (isSandbox(given, () => undefined))
    checkSecrets(given, { destinations: [], hooks: { secrets: [], allowed: null } }, (name) => names.add(name));
  return [...names];
}

function isSandbox(env: Env, report: Report): boolean {
  const said = env['GENESYS_SANDBOX'];
  if (said === 'true' && env['GENESYS_REGION'])
    report('GENESYS_SANDBOX', 'is true, and GENESYS_REGION names a real organisation: unset one of them');
  if (said) return said === 'true';
  return [env['GENESYS_LOGIN_URL'], env['GENESYS_API_URL']].every((url) => url !== undefined && isLoopback(url));
}

function checkUrl(name: string, text: string | undefined, sandbox: boolean, report: Report): void {
  if (!text || !URL.canParse(text)) return;
  const { protocol, username, password, search, hash } = new URL(text);
  if (username !== '' || password !== '')
    report(name, 'holds a name or a password: they would be written to logs, and nothing asks for them');
  if (search !== '' || hash !== '')
    report(name, 'holds a query or a fragment; expected no more than https://<host>/<path>');
  if (protocol === 'http:' && !sandbox && !isLoopback(text)) {
    report(
      name,
      'is plain http, so secrets and events could be read on their way; expected https (GENESYS_SANDBOX=true ' +
        'allows it for a sandbox organisation)',
    );
  }
}

function checkSecrets(env: Env, { destinations, hooks }: Signed, report: Report): void {
  const tell = (name: string, weakness: string | null): boolean => {
    if (weakness !== null)
      report(
        name,
        `${weakness}; make one with: openssl rand -base64 32 (only a sandbox organisation takes it: ` +
          'GENESYS_SANDBOX=true)',
      );
    return weakness !== null;
  };
  for (const name of KEYS) secretsOf(name, env[name] ?? '').some((secret) => tell(name, weaknessOfKey(secret)));
  tell('GENESYS_CLIENT_SECRET', weaknessOfPassword(env['GENESYS_CLIENT_SECRET'] ?? ''));
  tell('DATABASE_URL', weaknessOfPassword(passwordOf(env['DATABASE_URL'] ?? '')));
  hooks.secrets.some(({ secret }) => tell('HOOK_SECRETS', weaknessOfKey(secret)));
  if (env['COACHING_DESTINATIONS'])
    destinations
      .flatMap(({ signingSecrets }) => signingSecrets)
      .some((secret) => tell('COACHING_DESTINATIONS', weaknessOfKey(secret)));
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname);
}
