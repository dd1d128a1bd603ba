/** The names under which a machine reaches itself, as the host of a URL has them. */
export const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'] as const;

export function isLoopbackName(hostname: string): boolean {
  return LOOPBACK_NAMES.some((name) => name === hostname);
}
