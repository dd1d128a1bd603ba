/** Under which names the console is reached: whatever names another was led here by a page of somebody else. */
import { LOOPBACK_NAMES } from '../domain/identity/loopback.ts';
import { refusal } from './refusal.ts';

export interface Origins {
  /** Of the pages, for links and cookies. */
  readonly own: string;
  /** https: cookies travel over nothing else, and this host alone sets them. */
  readonly isSecure: boolean;
  /** Throws for a Host that is none of ours: DNS of others can lead any name to this machine. */
  assertHost(host: string | undefined): void;
  /** Throws unless a page of ours sends it. */
  assertSamePage(headers: { readonly origin: string | undefined; readonly site: string | undefined }): void;
}

/** `publicUrl`: where browsers reach it through a proxy; null: this machine alone. */
export function originsOf(publicUrl: string | null, port: () => number): Origins {
  const local = (): readonly string[] => LOOPBACK_NAMES.map((name) => `http://${name}:${port()}`);
  const all = (): readonly string[] => [...(publicUrl === null ? [] : [new URL(publicUrl).origin]), ...local()];
  const isOurs = (origin: string): boolean => all().includes(origin);
  return {
    get own() {
      return publicUrl === null ? `http://127.0.0.1:${port()}` : new URL(publicUrl).origin;
    },
    isSecure: publicUrl?.startsWith('https:') ?? false,
    assertHost(host) {
      const hosts = all().map((origin) => new URL(origin).host);
      if (host !== undefined && hosts.includes(host.toLowerCase())) return;
      throw refusal(
        'console-foreign',
        `The console is not reached under ${JSON.stringify(host ?? '')}.`,
        `Open ${all()[0] ?? ''}; an admin names another address in CONSOLE_PUBLIC_URL.`,
      );
    },
    assertSamePage({ origin, site }) {
      if (origin === undefined ? site === 'same-origin' : isOurs(origin)) return;
      throw refusal(
        'console-foreign',
        'This does not come from a page of this console.',
        'Open the console, and act from there. Nothing was done.',
      );
    },
  };
}
