import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cli } from '../cli/fixtures.ts';
import { BILLING, conversation, DAY, givenWorld, ORDERS } from './helpers.ts';

const PLAN = join(__dirname, '../../examples/refund-assist-1.5.0.yaml');
const NAME = 'Aurelia';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'triggers-'));
  // A card lies beside its plan.
  copyFileSync(join(PLAN, '../refund-assist-1.5.0.html'), join(folder, 'refund-assist-1.5.0.html'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The example with another list of keywords, and no conditions. */
function planWith(keywords: readonly string[], more = ''): string {
  const text = readFileSync(PLAN, 'utf8')
    .replace(/keywords:.*/, `keywords: ${JSON.stringify(keywords)}${more}`)
    .replace(/ {4}conditions:\n( {6}- .*\n)+/, '');
  const file = join(folder, `${keywords.join('-').replaceAll(' ', '_')}${more.length}.yaml`);
  writeFileSync(file, text);
  return file;
}

async function givenCalls(): Promise<Readonly<Record<string, string>>> {
  const { sandbox } = await givenWorld();
  const { conversations } = sandbox.org;
  const start = Date.now() - 10 * DAY;
  conversations.add(conversation('c1', start, [`My name is ${NAME}`, `I want my money back, says ${NAME}`]));
  conversations.add(conversation('c2', start + 9 * DAY, ['refunds take long', 'a refund please']));
  conversations.add(
    conversation('c3', start + 9 * DAY, ['the pricing is odd'], { skillIds: ['21e8b5a4-6c3d-4f9b-b7a1-9d02e4c68f11'] }),
  );
  conversations.add(conversation('c4', start + DAY, ['a refund'], { queueId: ORDERS }));
  return {
    GENESYS_CLIENT_ID: 'sandbox-client',
    GENESYS_CLIENT_SECRET: 'sandbox-secret',
    GENESYS_LOGIN_URL: sandbox.url,
    GENESYS_API_URL: sandbox.url,
  };
}

test('replay tells how often the plan fires, in which queues, and the change against what the organisation serves; nothing that was said is printed', async () => {
  const env = await givenCalls();
  const plan = planWith(['refund', 'money back']);
  const ran = await cli(['triggers', 'replay', plan, '--queue', BILLING, ORDERS, '--from', '14d', '--json'], { env });
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    kind: 'triggers-replay',
    against: expect.stringContaining('RefundAssist v1.4.0') as string,
    plan: {
      conversations: 4,
      utterances: 6,
      firedConversations: 3,
      cards: 3,
      cardsPerThousand: 750,
      queues: [
        { queueId: ORDERS, cards: 1 },
        { queueId: BILLING, cards: 2 },
      ].toSorted((a, b) => b.cards - a.cards),
      keywords: { refund: 2, 'money back': 1 },
    },
    baseline: { cards: 1, keywords: { pricing: 1 } },
    change: { gainedCards: 3, lostCards: 1, lost: [{ conversationId: 'c3', keyword: 'pricing' }] },
  });
  const people = await cli(['triggers', 'replay', plan, '--queue', BILLING, '--from', '14d'], { env });
  expect(people.stdout).toContain('c1  word 4 of 7: ••• ••• ••• money back ••• •••');
  for (const { stdout } of [ran, people]) {
    expect(stdout).not.toContain(NAME);
    expect(stdout).not.toContain('take');
  }
});

test('replay against another plan needs no serving version, and finds what stems gain', async () => {
  const env = await givenCalls();
  const ran = await cli(
    [
      'triggers',
      'replay',
      planWith(['refund'], '\n    stemming: english'),
      '--against',
      planWith(['refund']),
      '--from',
      '14d',
      '--json',
    ],
    { env },
  );
  expect(JSON.parse(ran.stdout)).toMatchObject({
    plan: { conversations: 4, cards: 3 },
    baseline: { cards: 2 },
    change: { gainedCards: 1, lostCards: 0, gained: [{ conversationId: 'c2', text: 'refund ••• •••' }] },
  });
});

test.each([
  [['--from', 'yesterday'], 'neither an instant nor a duration'],
  [['--from', '1d', '--to', '2d'], 'is not before'],
])('replay refuses %j', async (args, message) => {
  const ran = await cli(['triggers', 'replay', PLAN, ...args], {
    env: { GENESYS_CLIENT_ID: 'x', GENESYS_CLIENT_SECRET: 'y', GENESYS_REGION: 'mypurecloud.com' },
  });
  expect(ran.code).not.toBe(0);
  expect(ran.stderr).toContain(message);
});

test.each([
  ['a refund', ['--confidence', '0.9', '--queue', BILLING], { fires: true, keyword: 'refund' }],
  ['a refund', ['--confidence', '0.1'], { fires: false, why: 'confidenceBelow' }],
  ['hello', [], { fires: false, why: 'noKeyword' }],
  ['a refund', ['--conversation', 'some-conversation', '--split', '0'], { fires: false, why: 'bucketElsewhere' }],
  ['a refund', ['--conversation', 'some-conversation', '--split', '100'], { fires: true, arm: 'candidate' }],
])('explain says of "%s" with %j what happens', async (text, args, expected) => {
  const ran = await cli(['triggers', 'explain', planWith(['refund']), '--text', text, ...args, '--json']);
  expect(JSON.parse(ran.stdout)).toMatchObject(expected);
});

test('of a plan whose trigger names queues it is asked in which one it is said', async () => {
  const ran = await cli(['triggers', 'explain', PLAN, '--text', 'a refund']);
  expect(ran).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /it was not said in which one.*\nGive --queue <id>; the trigger names [0-9a-f-]{36}/,
    ) as string,
  });
  expect((await cli(['triggers', 'explain', PLAN, '--text', 'a refund', '--queue', BILLING])).code).toBe(0);
});
