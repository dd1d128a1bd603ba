/** Whom hooks of plans may ask from here, and what they are signed with. */
import { WEBHOOK_SECRET_FORM, isWebhookSecret } from '../webhooks/secret.ts';
import { listOf } from './list.ts';

export interface HookSettings {
  /** A name may have several: each call is signed with all of them, so that the receiver can replace its secret. */
  readonly secrets: readonly { readonly name: string; readonly secret: string }[];
  /** Null: every public address by https, and no other. */
  readonly allowed: readonly AllowedHost[] | null;
}

export interface AllowedHost {
  /** Null: https; on this machine http too. */
  readonly protocol: 'http:' | 'https:' | null;
  readonly hostname: string;
  /** Empty: any, or of a URL the usual one. */
  readonly port: string;
}

interface HookVariables {
  readonly HOOK_SECRETS?: string | null | undefined;
  readonly HOOKS_ALLOWED_HOSTS?: string | undefined;
}

/** Never repeats a secret. */
export function readHooks(
  { HOOK_SECRETS: secrets, HOOKS_ALLOWED_HOSTS: hosts }: HookVariables,
  report: (name: string, message: string) => void,
): HookSettings {
  const allowed = listOf(hosts).flatMap((text) => {
    const host = readHost(text);
    if (host === null)
      report(
        'HOOKS_ALLOWED_HOSTS',
        'holds what is no host; expected gate.example.com, gate.example.com:8443 or http://gate.internal:8080',
      );
    return host ?? [];
  });
  return { secrets: readSecrets(listOf(secrets), report), allowed: listOf(hosts).length === 0 ? null : allowed };
}

function readSecrets(
  list: readonly string[],
  report: (name: string, message: string) => void,
): HookSettings['secrets'] {
  return list.flatMap((text) => {
    const at = text.indexOf('=');
    const [name, secret] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
    if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name) && isWebhookSecret(secret)) return { name, secret };
    report(
      'HOOK_SECRETS',
      `is no list of <name>=<secret>: a name of lower-case letters, digits and hyphens, and ${WEBHOOK_SECRET_FORM}`,
    );
    return [];
  });
}

function readHost(text: string): AllowedHost | null {
  const withScheme = /^https?:\/\//.test(text);
  const url = withScheme ? text : `https://${text}`;
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port, pathname, search, hash, username } = new URL(url);
  if (pathname !== '/' || search + hash + username !== '' || hostname === '') return null;
  return { protocol: withScheme ? (protocol as 'http:' | 'https:') : null, hostname, port };
}
