/** Destinations with their secrets, each checked: from here on they can be sent to. */
import { isIP } from 'node:net';
import { DestinationRefused, checkDestination } from '../config/destination.ts';
import { isLoopbackName } from '../domain/identity/loopback.ts';
import type { MessageDestination, SecretSource } from '../domain/messages/settings-schema.ts';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { WEBHOOK_SECRET_FORM, readWebhookKey } from '../webhooks/secret.ts';

/** A bundle of certificates too. */
const MAX_SECRET_BYTES = 1024 * 1024;

export type Env = Readonly<Record<string, string | undefined>>;

export interface MailServer {
  readonly host: string;
  readonly port: number;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  /** PEM */
  readonly ca: string | null;
  /** On this machine, where plain text goes over no network. */
  readonly isLocal: boolean;
}

export type Ready =
  | { readonly kind: 'slack' | 'teams'; readonly name: string; readonly url: string }
  | {
      readonly kind: 'email';
      readonly name: string;
      readonly server: MailServer;
      readonly from: string;
      readonly to: readonly string[];
    }
  | { readonly kind: 'cloudEvents'; readonly name: string; readonly url: string; readonly keys: readonly Uint8Array[] }
  | { readonly kind: 'pagerDuty'; readonly name: string; readonly url: string; readonly routingKey: string };

export interface Surroundings {
  readonly env: Env;
  /** MESSAGES_ALLOWED_HOSTS; null: every public name. */
  readonly allowedHosts: readonly string[] | null;
}

/** Throws an Error with one clause; no secret is part of it. */
export async function readyDestination(name: string, given: MessageDestination, around: Surroundings): Promise<Ready> {
  switch (given.kind) {
    case 'slack':
    case 'teams': {
      const url = await readSecret(given.url, around);
      check(name, url, around);
      return { kind: given.kind, name, url };
    }
    case 'email':
      return { kind: 'email', name, server: await mailServer(given, around), from: given.from, to: given.to };
    case 'cloudEvents': {
      check(name, given.url, around);
      const secrets = await Promise.all(given.signingSecrets.map((source) => readSecret(source, around)));
      const keys = secrets.map((secret) => readWebhookKey(secret));
      if (keys.some((key) => key === null)) throw new Error(`a signing secret is not ${WEBHOOK_SECRET_FORM}`);
      return { kind: 'cloudEvents', name, url: given.url, keys: keys.filter((key) => key !== null) };
    }
    case 'pagerDuty':
      check(name, given.url, around);
      return { kind: 'pagerDuty', name, url: given.url, routingKey: await readSecret(given.routingKey, around) };
  }
}

type Mail = Extract<MessageDestination, { kind: 'email' }>;

async function mailServer({ host, port, user, password, caFile }: Mail, around: Surroundings): Promise<MailServer> {
  const isLocal = isLoopbackName(host) || host === '::1';
  if (around.allowedHosts !== null && !around.allowedHosts.includes(host))
    throw new Error(`its host ${host} is not in MESSAGES_ALLOWED_HOSTS`);
  if (around.allowedHosts === null && !isLocal && isIP(host) !== 0)
    throw new Error('its host is a bare address; put it into MESSAGES_ALLOWED_HOSTS if that is meant');
  if ((user === undefined) !== (password === undefined)) throw new Error('user and password go together');
  const pass = password === undefined ? null : await readSecret(password, around);
  return {
    host,
    port,
    auth: user === undefined || pass === null ? null : { user, pass },
    ca: caFile === undefined ? null : await readText(caFile),
    isLocal,
  };
}

function check(name: string, url: string, { allowedHosts }: Surroundings): void {
  try {
    checkDestination({ name, url }, allowedHosts, 'MESSAGES_ALLOWED_HOSTS');
  } catch (error) {
    if (!(error instanceof DestinationRefused)) throw error;
    throw new Error(error.message.replace(/^The destination "[^"]*" is refused: /, '').replace(/\.$/, ''), {
      cause: error,
    });
  }
}

async function readSecret(source: SecretSource, { env }: Surroundings): Promise<string> {
  const text = 'env' in source ? (env[source.env] ?? '').trim() : await readText(source.file);
  if (text !== '') return text;
  throw new Error('env' in source ? `${source.env} is not set` : `${source.file} is empty`);
}

async function readText(file: string): Promise<string> {
  try {
    return (await readBounded(file, { maxBytes: MAX_SECRET_BYTES })).trim();
  } catch (cause) {
    throw new Error(`${file} cannot be read: ${whyUnread(cause)}`, { cause });
  }
}
