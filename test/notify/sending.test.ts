/** From a transition to the receivers: real Temporal, real store, real HTTP and SMTP. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { journalActivities } from '../../src/activities/journal.ts';
import type { Message } from '../../src/domain/messages/message.ts';
import { linksIn } from '../../src/notify/links.ts';
import { createTell } from '../../src/notify/outlets.ts';
import { openBook } from '../../src/notify/settings-file.ts';
import type { BookSource } from '../../src/notify/settings-file.ts';
import { listDeadLetters, returnToOutbox } from '../../src/store/dead-letters.ts';
import type { Database } from '../../src/store/database.ts';
import { queueMessage, sentMessages } from '../../src/store/messages.ts';
import { deliveryText } from '../../src/domain/story/sent-message.ts';
import { backlogLine } from '../../src/cli/view/backlog-line.ts';
import { readBacklog } from '../../src/store/outbox.ts';
import { startMessaging } from '../../src/worker/messaging.ts';
import type { Sending } from '../../src/worker/sending.ts';
import { forwardWorkflowId } from '../../src/workflows/messages.ts';
import { pending, until } from '../forward/helpers.ts';
import { newSecret } from '../helpers/push.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import type { Reply, ScriptedServer, SeenRequest } from '../helpers/scripted-server.ts';
import { testTemporal } from '../helpers/temporal.ts';
import { transitionRecord } from '../helpers/transition-record.ts';
import { exampleOf, UI } from './letters.ts';
import { startMailServer } from './mail-server.ts';
import type { TestMailServer } from './mail-server.ts';
import { openStore } from '../helpers/any-store.ts';

const QUICK = { gapMs: 5, idleMs: 50, retry: { firstMs: 10, maxMs: 40 }, reportEveryMs: 100 };
const told: { error: string[] } = { error: [] };
const logger = {
  info: () => undefined,
  warn: () => undefined,
  error: (_: object, text: string) => void told.error.push(text),
};

let db: Database;
let server: ScriptedServer;
let mail: TestMailServer;
/** With which code the server refuses an address; null: it takes it. */
let mailbox: (address: string) => number | null = () => null;
let folder: string;
let client: Client;
let connection: Connection;
let reply: (request: SeenRequest) => Reply = () => ({});
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  db = await openStore();
  server = await startScriptedServer((request) => reply(request));
  mail = await startMailServer({
    onRcptTo: ({ address }, _session, done) => {
      const code = mailbox(address);
      done(code === null ? null : Object.assign(new Error('not now'), { responseCode: code }));
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'assist-messages-'));
  const { address, namespace } = await testTemporal();
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
});
afterAll(async () => {
  await connection.close();
  await server.close();
  await mail.close();
  await db.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  for (const name of ['team', 'leads', 'bus'])
    await client.workflow
      .getHandle(forwardWorkflowId(`messages/${name}`))
      .terminate('the test is over')
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  await db.query('truncate outbox, destinations, dead_letters');
  reply = () => ({});
  mailbox = () => null;
});

const env = () => ({ MESSAGES_SLACK: `${server.url}/slack`, MESSAGES_BUS: SECRET });
const SECRET = newSecret();

function settings(names: readonly string[], more: object = {}): object {
  const all: Record<string, object> = {
    team: { kind: 'slack', url: { env: 'MESSAGES_SLACK' } },
    bus: { kind: 'cloudEvents', url: `${server.url}/bus`, signingSecrets: [{ env: 'MESSAGES_BUS' }] },
    leads: {
      kind: 'email',
      host: '127.0.0.1',
      port: mail.port,
      from: 'r@example.com',
      to: ['ana@example.com', 'ben@example.com'],
    },
  };
  const destinations = Object.fromEntries(names.map((name) => [name, all[name]]));
  return { apiVersion: 'assist-rollouts/v1', destinations, routes: { all: { to: names } }, ...more };
}

const file = () => join(folder, 'messages.yaml');

async function book(names: readonly string[], more: object = {}): Promise<BookSource> {
  writeFileSync(file(), JSON.stringify(settings(names, more)));
  return openBook(file(), { env: env(), allowedHosts: null }, logger);
}

async function send(source: BookSource): Promise<Sending> {
  const { address, namespace } = await testTemporal();
  const own = await NativeConnection.connect({ address });
  const links = linksIn({ consoleUrl: null, uiUrl: UI, namespace });
  const sending = await startMessaging({
    place: { connection: own, namespace, codecKeys: [] },
    db,
    book: source,
    links,
    now: Date.now,
    logger,
    identity: 'test',
    settings: QUICK,
    renewEveryMs: 50,
  });
  closers.push(() => sending.close().then(() => own.close()));
  return sending;
}

const emptied = () => until(async () => (await pending(db)) === 0, 'the outbox to be empty');
const at = (path: string) => server.requests.filter((request) => request.path === path);
let runs = 0;
/** As its rollout records it, of a rollout of its own. */
function transition(message: Message, n = 1, rolloutId = `run-${(runs += 1)}`) {
  return transitionRecord(`${rolloutId}/${n}`, { rolloutId, message: { ...message, rolloutId } });
}

test('what is recorded twice, at once and by two workers, is told once to each, in order', async () => {
  const source = await book(['team', 'bus', 'leads']);
  await send(source);
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  const first = transition(exampleOf('started'), 1, 'run-a');
  const second = transition(exampleOf('approvalWaits'), 2, 'run-a');
  const [slackBefore, busBefore, mailsBefore] = [at('/slack').length, at('/bus').length, mail.mails.length];
  await Promise.all([record([first, second]), record([first, second])]);
  await record([first]);
  await emptied();
  await record([first, second]);
  expect(await pending(db)).toBe(0);
  const types = at('/bus')
    .slice(busBefore)
    .map(({ body }) => (body as { type: string }).type);
  expect(types).toEqual(['assist-rollouts.started', 'assist-rollouts.approvalWaits']);
  expect(at('/slack').slice(slackBefore)).toHaveLength(2);
  expect(mail.mails.slice(mailsBefore)).toHaveLength(2);
  expect((await readBacklog(db, 10)).map(({ destination, kind, delivered }) => [destination, kind, delivered])).toEqual(
    expect.arrayContaining([['messages/team', 'messages', expect.any(Number)]]) as unknown,
  );
});

test('a transition that is not committed is not told', async () => {
  const source = await book(['team']);
  const { record } = journalActivities({
    db,
    now: Date.now,
    tell: async (trx, message, key) => {
      await createTell(source, Date.now)(trx, message, key);
      throw new Error('the worker dies here');
    },
  });
  const before = await pending(db);
  await expect(record([transition(exampleOf('harm'))])).rejects.toThrow('dies');
  expect(await pending(db)).toBe(before);
});

test('nothing of a rollout overtakes what was refused for now; the id stays', async () => {
  const source = await book(['bus']);
  await send(source);
  const before = at('/bus').length;
  let fails = 2;
  reply = () => ((fails -= 1) >= 0 ? { status: 503 } : {});
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  await record([transition(exampleOf('harm'), 1, 'run-b'), transition(exampleOf('rolledBack'), 2, 'run-b')]);
  await emptied();
  const seen = at('/bus').slice(before);
  expect(seen.map(({ body }) => (body as { type: string }).type)).toEqual([
    ...Array<string>(3).fill('assist-rollouts.harm'),
    'assist-rollouts.rolledBack',
  ]);
  expect(new Set(seen.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  // The log of what was sent outlives the outbox, in words.
  expect((await saidOf('run-b')).map((said) => said.replace(/[\d-]+ [\d:]+ UTC/, '…'))).toEqual([
    'delivered …, after 2 attempts that failed',
    'delivered …',
  ]);
});

const saidOf = async (rolloutId: string): Promise<string[]> =>
  (await sentMessages(db, rolloutId)).map((message) => deliveryText(message, Date.now()));

test('what a receiver refuses for good is a dead letter, which goes again under its id', async () => {
  const source = await book(['bus']);
  await send(source);
  reply = () => ({ status: 400 });
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  const before = at('/bus').length;
  await record([transition(exampleOf('harm'), 1, 'run-refused')]);
  await until(async () => (await listDeadLetters(db, {})).length === 1, 'the dead letter');
  const [letter] = await listDeadLetters(db, {});
  expect(letter).toMatchObject({ kind: 'forward', code: 'http-400', destination: 'messages/bus' });
  expect((await saidOf('run-refused')).at(-1)).toMatch(/^given up [\d-]+ [\d:]+ UTC, after one attempt: .*400/);
  reply = () => ({});
  expect(await returnToOutbox(db, letter?.id ?? 0, new Date())).toBe(true);
  await emptied();
  const ids = at('/bus')
    .slice(before)
    .map(({ headers }) => headers['webhook-id']);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
  expect((await saidOf('run-refused')).at(-1)).toMatch(/^delivered [\d-]+ [\d:]+ UTC$/);
});

test('a receiver that is refused for now gets it later; the others get it once, and do not wait for that', async () => {
  const source = await book(['leads']);
  await send(source);
  const before = mail.mails.length;
  const toAna = () => mail.mails.slice(before).filter(({ to }) => to.includes('ana@example.com'));
  mailbox = (address) => (address.startsWith('ben') ? 451 : null);
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  await record([transition(exampleOf('harm'), 1, 'run-d'), transition(exampleOf('rolledBack'), 2, 'run-d')]);
  await until(async () => toAna().length === 2, 'both of them at ana');
  expect((await saidOf('run-d'))[0]).toMatch(/451 for 1 of 2 receivers/);
  mailbox = () => null;
  await emptied();
  const seen = mail.mails.slice(before).map(({ to }) => to.join());
  expect(seen.toSorted()).toEqual([
    ...Array<string>(2).fill('ana@example.com'),
    ...Array<string>(2).fill('ben@example.com'),
  ]);
  expect((await saidOf('run-d')).every((said) => said.startsWith('delivered'))).toBe(true);
});

test('a receiver that is refused for good is a dead letter, which goes to that one alone', async () => {
  const source = await book(['leads']);
  await send(source);
  const before = mail.mails.length;
  mailbox = (address) => (address.startsWith('ben') ? 550 : null);
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  await record([transition(exampleOf('harm'), 1, 'run-e')]);
  await until(async () => (await listDeadLetters(db, {})).length === 1, 'the dead letter');
  const [letter] = await listDeadLetters(db, {});
  expect(letter).toMatchObject({ code: 'smtp-550', reason: 'the mail server answered 550 for 1 of 2 receivers' });
  expect((await saidOf('run-e')).at(-1)).toMatch(/^given up/);
  mailbox = () => null;
  expect(await returnToOutbox(db, letter?.id ?? 0, new Date())).toBe(true);
  await emptied();
  expect(mail.mails.slice(before).map(({ to }) => to.join())).toEqual(['ana@example.com', 'ben@example.com']);
});

test('what was held comes as one digest at its hour, and an alert of the night came before it', async () => {
  const source = await book(['team']);
  const before = at('/slack').length;
  const held = { destination: 'messages/team', heldUntil: new Date(Date.now() + 3_600_000) };
  for (const [n, event] of (['started', 'approvalWaits', 'approved'] as const).entries())
    await queueMessage(db, exampleOf(event), `run-c/${n}`, [held]);
  await queueMessage(db, exampleOf('harm'), 'run-c/9', [{ ...held, heldUntil: null }]);
  await send(source);
  await until(() => at('/slack').length === before + 1, 'the alert');
  const waiting = (await readBacklog(db, 10)).find(({ destination }) => destination === held.destination)!;
  expect(waiting).toMatchObject({ held: 3, heldUntil: held.heldUntil });
  expect(backlogLine(waiting, Date.now())).toMatch(
    /3 of them until the quiet hours end at \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
  );
  await db.query("update outbox set held_until = now() - interval '1 second'");
  await emptied();
  const texts = at('/slack')
    .slice(before)
    .map(({ body }) => (body as { text: string }).text);
  expect(texts).toEqual(['RefundAssist v1.5.0 does harm, and is being rolled back', '3 messages from the quiet hours']);
});

test('a file that changes is followed, one that is wrong is not, and says so', async () => {
  const source = await book(['team']);
  await send(source);
  const { record } = journalActivities({ db, now: Date.now, tell: createTell(source, Date.now) });
  writeFileSync(file(), JSON.stringify(settings(['bus'])));
  const [busBefore, slackBefore] = [at('/bus').length, at('/slack').length];
  await record([transition(exampleOf('promoted'))]);
  await until(() => at('/bus').length === busBefore + 1, 'the new destination to hear of it');
  writeFileSync(file(), 'destinations: [');
  await record([transition(exampleOf('promoted'))]);
  await until(() => at('/bus').length === busBefore + 2, 'the last good file to be gone by');
  expect(at('/slack')).toHaveLength(slackBefore);
  expect(told.error.some((text) => text.includes('cannot be used'))).toBe(true);
});

test('a file that is wrong at the start is refused with all that is wrong with it, and no secret', async () => {
  writeFileSync(
    file(),
    JSON.stringify({
      ...settings(['team', 'bus', 'leads']),
      destinations: {
        team: { kind: 'slack', url: { env: 'MESSAGES_MISSING' } },
        bus: { kind: 'cloudEvents', url: 'http://10.0.0.1/x', signingSecrets: [{ env: 'MESSAGES_BUS' }] },
        leads: { kind: 'email', host: '10.0.0.1', from: 'r@example.com', to: ['ana@example.com'] },
      },
    }),
  );
  const failure = await openBook(file(), { env: env(), allowedHosts: null }, logger).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'messages-invalid' });
  const text = (failure as Error).message;
  for (const said of [
    'destinations.team: MESSAGES_MISSING is not set',
    'destinations.bus: its URL is neither https, nor http on this machine',
    'destinations.leads: its host is a bare address; put it into MESSAGES_ALLOWED_HOSTS if that is meant',
  ])
    expect(text).toContain(said);
  expect(text).not.toContain(SECRET);
});
