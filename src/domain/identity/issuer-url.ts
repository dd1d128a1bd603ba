import { isLoopbackName } from './loopback.ts';

/** Keys that anybody on the way could change prove nothing: https, but for this machine. Pure. */
export function isTrustworthy(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackName(hostname));
}
