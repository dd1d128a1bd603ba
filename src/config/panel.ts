/** The panel process: where it listens, where agents' browsers reach it, and what its sessions are signed with. */
import { MIN_SECRET_LENGTH } from '../webhooks/secret.ts';
import { listOf } from './list.ts';
import type { ConfigProblem } from './error.ts';
import { missing } from './needs.ts';
import type { Need } from './needs.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface PanelConfig {
  readonly host: string;
  readonly port: number;
  /** Where the browsers of agents reach it; null when it was not said. */
  readonly publicUrl: string | null;
  /** The first signs, all are accepted. */
  readonly sessionSecrets: readonly string[];
  /** Of the OAuth client with which agents sign in (code with PKCE, so it has no secret). */
  readonly oauthClientId: string | null;
  /** Origins that may frame the page beside the organisation's own desktop. */
  readonly frameAncestors: readonly string[];
  /** Notification channels that it makes at most; 0: what is said comes by EventBridge to the events service. */
  readonly channels: number;
}

export function readPanel(env: Env, parsed: Variables, needs: readonly Need[], problems: ConfigProblem[]): PanelConfig {
  const sessionSecrets = listOf(env['PANEL_SESSION_SECRET']);
  if (sessionSecrets.some(({ length }) => length < MIN_SECRET_LENGTH))
    problems.push({
      name: 'PANEL_SESSION_SECRET',
      message: `has fewer than ${MIN_SECRET_LENGTH} characters; make one with: openssl rand -base64 32`,
    });
  if (needs.includes('panel') && sessionSecrets.length === 0)
    problems.push({
      name: 'PANEL_SESSION_SECRET',
      message: missing('one or more secrets, the current one first; make one with: openssl rand -base64 32'),
    });
  return {
    host: parsed.PANEL_HOST,
    port: parsed.PANEL_PORT,
    publicUrl: parsed.PANEL_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    sessionSecrets,
    oauthClientId: parsed.PANEL_OAUTH_CLIENT_ID ?? null,
    frameAncestors: parsed.PANEL_FRAME_ANCESTORS ?? [],
    channels: parsed.PANEL_CHANNELS,
  };
}

/** Of the organisation's desktop; a sandbox has it where its API is. */
export function desktopOrigin(apiUrl: string): string {
  const { origin, protocol, hostname } = new URL(apiUrl);
  return hostname.startsWith('api.') ? `${protocol}//apps.${hostname.slice('api.'.length)}` : origin;
}
