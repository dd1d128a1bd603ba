/** The console: where it listens, where browsers reach it, what its sessions are sealed with, and who may look. */
import { isTrustworthy } from '../domain/identity/issuer-url.ts';
import { MIN_SECRET_LENGTH } from '../webhooks/secret.ts';
import { listOf } from './list.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface ConsoleConfig {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach it; null: at this machine alone. */
  readonly publicUrl: string | null;
  /** The first seals, all open; none: sessions end with the process. */
  readonly sessionSecrets: readonly string[];
  /** `anyone`: whoever reaches it may look without signing in. */
  readonly readers: 'anyone' | 'signedIn';
}

export function readConsole(env: Env, parsed: Variables, problems: ConfigProblem[]): ConsoleConfig {
  const sessionSecrets = listOf(env['CONSOLE_SESSION_SECRET']);
  if (sessionSecrets.some(({ length }) => length < MIN_SECRET_LENGTH))
    problems.push({
      name: 'CONSOLE_SESSION_SECRET',
      message: `has fewer than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`,
    });
  const publicUrl = parsed.CONSOLE_PUBLIC_URL?.replace(/\/+$/, '') ?? null;
  if (publicUrl !== null && (!isTrustworthy(publicUrl) || new URL(publicUrl).origin !== publicUrl))
    problems.push({
      name: 'CONSOLE_PUBLIC_URL',
      message: 'is no https origin; expected https://<host>, or http for this machine alone',
    });
  return {
    host: parsed.CONSOLE_HOST,
    port: parsed.CONSOLE_PORT,
    publicUrl,
    sessionSecrets,
    readers: parsed.CONSOLE_READERS,
  };
}
