/** The panel by itself, so that its memory and processor time are its own. Told over IPC what is wanted of it. */
import { createSessions } from '../../src/panel/sessions.ts';
import { startPanel } from '../../src/panel/server.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/preflight/settings.ts';
import { openDatabase } from '../../src/store/open.ts';

const SECRET = 'of-the-benchmark-alone';

async function main(url: string): Promise<void> {
  const db = await openDatabase({ kind: 'pg', url });
  const panel = await startPanel({
    db,
    port: 0,
    sessionSecrets: [SECRET],
    oauthClientId: 'none',
    loginUrl: 'http://127.0.0.1:1',
    frameAncestors: [],
    cardPolicy: DEFAULT_SETTINGS.policy,
    // Sessions are signed here, so nobody is asked.
    agents: { whoseIs: () => Promise.resolve(null), conversationsOf: () => Promise.resolve(null) },
    now: Date.now,
    logger: { info: () => undefined, warn: tell, error: tell },
  });
  const sessions = createSessions([SECRET], Date.now);
  process.on('message', ({ what, conversations = [] }: { what: string; conversations?: string[] }) => {
    if (what === 'sessions')
      process.send?.(
        conversations.map((conversation) => sessions.open(`agent of ${conversation}`, conversation).session),
      );
    if (what === 'usage') {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      process.send?.({ rss, heapUsed, cpu: process.cpuUsage() });
    }
    if (what === 'end') void panel.close().then(() => db.close().then(() => process.disconnect()));
  });
  process.send?.({ url: panel.url });
}

const tell = (fields: { readonly err?: unknown }, message: string): void =>
  void process.stderr.write(`${message}: ${String(fields.err)} ${String((fields.err as Error | undefined)?.cause)}\n`);

void main(process.argv[2] ?? '');
