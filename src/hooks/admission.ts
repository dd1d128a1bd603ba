/** Whether a hook may be called from here: a plan is somebody else's, and must not reach what its author could not. */
import { isIP } from 'node:net';
import type { AllowedHost, HookSettings } from '../config/hooks.ts';
import { isLoopbackName } from '../domain/identity/loopback.ts';
import { isPublicAddress } from './addresses.ts';

export type Admission =
  /** `anyAddress`: whoever runs the worker named the host, wherever it is. */
  { readonly url: URL; readonly anyAddress: boolean } | { readonly refused: string };

export function admit(text: string, { allowed }: Pick<HookSettings, 'allowed'>): Admission {
  const url = new URL(text);
  if (allowed !== null)
    return allowed.some((host) => isNamed(url, host))
      ? { url, anyAddress: true }
      : { refused: `${url.origin} is not in HOOKS_ALLOWED_HOSTS` };
  if (url.protocol !== 'https:') return { refused: 'it is not https' };
  const address = addressIn(url);
  return address === null || isPublicAddress(address)
    ? { url, anyAddress: false }
    : { refused: `${address} is no public address` };
}

/** Where the host is an address itself, nobody looks it up. */
function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

function isNamed(url: URL, { protocol, hostname, port }: AllowedHost): boolean {
  if (url.hostname !== hostname) return false;
  if (protocol !== null) return url.protocol === protocol && url.port === port;
  return (url.protocol === 'https:' || isLoopbackName(hostname)) && (port === '' || url.port === port);
}
