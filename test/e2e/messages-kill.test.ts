/**
 * Workers that send messages are killed (SIGKILL) in the very moment in which a receiver has taken one and nobody knows
 * it yet. None is lost; one that comes twice is the one of that moment, under the same id.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalActivities } from '../../src/activities/journal.ts';
import { exampleMessages } from '../../src/domain/messages/examples.ts';
import { createTell } from '../../src/notify/outlets.ts';
import { openBook } from '../../src/notify/settings-file.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { pending, until } from '../forward/helpers.ts';
import { describeSharedPostgres } from '../helpers/database.ts';
import { openPatiently } from '../helpers/patient-store.ts';
import { newSecret } from '../helpers/push.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { SeenRequest } from '../helpers/scripted-server.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { startMailServer } from '../notify/mail-server.ts';

jest.setTimeout(300_000);

const MAIN = join(__dirname, '../../dist/src/cli/main.js');
const TRANSITIONS = 24;

describeSharedPostgres('messages', (postgres) => {
  test('a killed worker loses none, and the one that may come twice has the same id', async () => {
    const { address, namespace } = await testTemporal();
    const url = await postgres().createDatabase();
    const db = await openPatiently(url);
    const sandbox = await startSandbox({});
    const folder = mkdtempSync(join(tmpdir(), 'assist-kill-'));
    let worker = null as ChildProcess | null;
    let kills = 0;
    /** The receiver has it; whoever sent it dies before it hears so. What the dead one had under way kills nobody. */
    const killFrom = (least: number): (() => boolean) => {
      let [seen, killed] = [0, false];
      return () => {
        seen += 1;
        if (killed || seen < least || worker === null || worker.killed) return false;
        kills += 1;
        killed = worker.kill('SIGKILL');
        return true;
      };
    };
    const [killsOfSlack, killsOfMail] = [killFrom(5), killFrom(12)];
    let fatal = '';
    const server = await startScriptedServer((request) => {
      if (request.path !== '/slack') return { status: 202 };
      if (!killsOfSlack()) return {};
      fatal = request.text;
      return 'hang';
    });
    const mail = await startMailServer({}, () => (killsOfMail() ? new Promise(() => undefined) : null));
    const file = join(folder, 'messages.yaml');
    writeFileSync(file, JSON.stringify(settingsFor(server.url, mail.port)));
    const secret = newSecret();
    const env = {
      PATH: process.env.PATH,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      DATABASE_URL: url,
      GENESYS_CLIENT_ID: 'sandbox-client',
      GENESYS_CLIENT_SECRET: 'sandbox-secret',
      GENESYS_LOGIN_URL: sandbox.url,
      GENESYS_API_URL: sandbox.url,
      EVENTS_PUBLIC_URL: 'http://127.0.0.1:1',
      EVENTS_SIGNING_SECRETS: secret,
      GUARDIAN: 'off',
      MESSAGES_FILE: file,
      MESSAGES_SLACK: `${server.url}/slack`,
      MESSAGES_BUS: newSecret(),
      MESSAGES_DUTY: 'R0',
    };
    /** It may have ended before anybody waits for that. */
    const start = (): Promise<unknown> => {
      worker = spawn(process.execPath, [MAIN, 'worker', '--json'], { stdio: 'ignore', env });
      return once(worker, 'exit');
    };
    try {
      let ended = start();
      const book = await openBook(file, { env, allowedHosts: null }, { info: () => undefined, error: () => undefined });
      const { record } = journalActivities({ db, now: Date.now, tell: createTell(book, Date.now) });
      const [message] = exampleMessages().filter(({ event }) => event === 'harm');
      if (message === undefined) throw new Error('There is no example of harm.');
      for (let n = 1; n <= TRANSITIONS; n += 1) {
        const rolloutId = `run-${n % 3}`;
        const headline = `transition ${n}.`;
        const entry = transitionRecord(`${rolloutId}/${n}`, {
          rolloutId,
          message: { ...message, rolloutId, headline, alert: { key: `duty-${n}`, state: 'open' } },
        });
        await Promise.all([record([entry]), record([entry])]);
      }
      for (let died = 0; died < 2; died += 1) {
        await ended;
        ended = start();
      }
      await until(async () => (await pending(db)) === 0, 'all messages to be sent');

      const of = (path: string): readonly SeenRequest[] => server.requests.filter((request) => request.path === path);
      const all = Array.from({ length: TRANSITIONS }, (_, n) => n + 1);
      const slack = of('/slack').map(({ text }) => numberIn(text));
      const mails = mail.mails.map(({ text }) => numberIn(text));
      expect(kills).toBe(2);
      // None lost, to anybody.
      for (const got of [slack, mails, of('/bus').map(({ text }) => numberIn(text))])
        expect([...new Set(got)].toSorted((a, b) => a - b)).toEqual(all);
      // No more doubles than workers that were killed, at each; whoever took it in that moment gets it again.
      for (const got of [slack, mails, of('/bus').map(({ text }) => numberIn(text))])
        expect(got.length - TRANSITIONS).toBeLessThanOrEqual(kills);
      expect(slack.filter((n) => n === numberIn(fatal))).toHaveLength(2);
      expect(
        of('/slack')
          .filter(({ text }) => text.includes('Sent again'))
          .map(({ text }) => numberIn(text)),
      ).toContain(numberIn(fatal));
      // Zero where the receiver goes by the id.
      expect(new Set(of('/bus').map(({ headers }) => headers['webhook-id'])).size).toBe(TRANSITIONS);
      expect(new Set(mail.mails.map(({ text }) => /^Message-ID: (\S+)/im.exec(text)?.[1])).size).toBe(TRANSITIONS);
      expect(new Set(of('/duty').map(({ body }) => (body as { dedup_key: string }).dedup_key)).size).toBe(TRANSITIONS);
    } finally {
      worker?.kill('SIGKILL');
      void mail.close();
      await server.close();
      await sandbox.close();
      await db.close();
      rmSync(folder, { recursive: true });
    }
  });
});

function numberIn(text: string): number {
  return Number(/transition (\d+)\./.exec(text)?.[1]);
}

function settingsFor(url: string, port: number): object {
  return {
    apiVersion: 'assist-rollouts/v1',
    destinations: {
      slack: { kind: 'slack', url: { env: 'MESSAGES_SLACK' } },
      mail: { kind: 'email', host: '127.0.0.1', port, from: 'r@example.com', to: ['ana@example.com'] },
      bus: { kind: 'cloudEvents', url: `${url}/bus`, signingSecrets: [{ env: 'MESSAGES_BUS' }] },
      duty: { kind: 'pagerDuty', url: `${url}/duty`, routingKey: { env: 'MESSAGES_DUTY' } },
    },
    routes: { all: { to: ['slack', 'mail', 'bus', 'duty'] } },
  };
}
