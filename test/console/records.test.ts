/** Who may see what is on record, page by page; and what a hostile address is answered, out of a real store. */
import { attestedPerson } from '../../src/configurator/attested.ts';
import { storyOf } from '../../src/configurator/story.ts';
import { AssistError } from '../../src/configurator/errors.ts';
import { AUDIT_ROWS } from '../../src/console/audit.ts';
import type { Parts } from '../../src/console/parts.ts';
import type { Viewer } from '../../src/console/viewer.ts';
import { parseOperators } from '../../src/domain/identity/operators-schema.ts';
import { parseQuestion } from '../../src/domain/registry/question.ts';
import type { RegistryQuestion } from '../../src/domain/registry/question.ts';
import { newActorKey } from '../../src/identity/key.ts';
import type { Database } from '../../src/store/database.ts';
import { openStore } from '../helpers/any-store.ts';
import { askRegistry } from '../../src/store/registry.ts';
import { saveRollout } from '../../src/store/rollouts.ts';
import { append } from '../helpers/audit.ts';
import { rolloutRow } from '../helpers/rollout-row.ts';
import { fakeEngine, openConsole, viewOf } from './helpers.ts';

const OWN = 'Mine';
const FOREIGN = 'Theirs';
const QUEUE = '8f5a1f5e-6b1f-4a38-9c2e-0d1f5a9c7b11';
const attestor = newActorKey('console').key;
const keys = { ana: newActorKey('ana').key, eve: newActorKey('eve').key, dee: newActorKey('dee').key };
let db: Database;

beforeAll(async () => {
  db = await openStore();
  for (const action of [OWN, FOREIGN]) await saveRollout(db, rolloutRow({ rolloutId: `r-${action}`, action }));
  const entry = { at: new Date(0), actor: 'kim', act: 'pause', version: '2', before: null, after: null } as const;
  const write = async (action: string | null, n: number) =>
    append(db, {
      ...entry,
      key: `k${n}`,
      reason: `reason ${n}`,
      rolloutId: action === null ? null : `r-${action}`,
      action,
    });
  for (let n = 0; n < 3; n += 1) await write(OWN, n);
  await write(null, 3);
  for (let n = 4; n < 4 + 3 * AUDIT_ROWS; n += 1) await write(FOREIGN, n);
});
afterAll(() => db.close());

/** ana may see all; eve what is hers; dee is of a division, and reading goes by actions. */
function viewerOf(name: keyof typeof keys): Viewer {
  const parsed = parseOperators({
    divisions: { north: [QUEUE] },
    operators: [
      { name: 'ana', key: keys.ana.publicKey, roles: ['admin'] },
      { name: 'eve', key: keys.eve.publicKey, grants: [{ roles: ['viewer'], actions: ['Mi*'] }] },
      { name: 'dee', key: keys.dee.publicKey, grants: [{ roles: ['operator'], actions: [OWN], divisions: ['north'] }] },
    ],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const person = attestedPerson(parsed.operators, attestor, { kind: 'key', key: keys[name].publicKey, delegation: '' });
  if (typeof person === 'string') throw new Error(person);
  const refusalOf = (act: string, action: string): string | null => person.refusalOf(act, action);
  return { name, countedAs: name, untilMs: null, formToken: 'x', engine: null, refusalOf };
}

/** As a worker answers: it parses what it is asked. */
async function ask<Kind extends string>(question: RegistryQuestion & { readonly kind: Kind }) {
  const parsed = parseQuestion(JSON.parse(JSON.stringify(question)));
  if (parsed === null) throw new AssistError('usage', 'What is asked is no question.', 'Nothing was changed.');
  return askRegistry(db, parsed) as Promise<Extract<Awaited<ReturnType<typeof askRegistry>>, { kind: Kind }>>;
}
const records: Parts['records'] = {
  history: async (action, limit = 100) => (await ask({ kind: 'history', action, limit })).rows,
  auditLines: (question) => ask({ kind: 'audit', ...question }),
};

function openFor(name: keyof typeof keys) {
  const fake = fakeEngine();
  fake.views = new Map([OWN, FOREIGN].map((action) => [action, viewOf(action)]));
  return openConsole(fake, {
    viewers: { of: async () => viewerOf(name) },
    records,
    reports: (action, rolloutId) => storyOf(db, action, rolloutId),
  });
}

const entriesIn = (page: string): number[] => [...page.matchAll(/id="entry-(\d+)"/g)].map(([, leaf]) => Number(leaf));
const olderIn = (page: string): string | undefined =>
  /<a href="([^"]*before=\d+[^"]*)">Older/.exec(page)?.[1]?.replaceAll('&amp;', '&');

async function pagesFor(name: keyof typeof keys, path = '/audit'): Promise<number[][]> {
  const site = openFor(name);
  const pages: number[][] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page = await (await site.get(next)).text();
    pages.push(entriesIn(page));
    next = olderIn(page);
  }
  site.close();
  return pages;
}

test('whoever may see few entries sees those, however many others are newer', async () => {
  expect(await pagesFor('eve')).toEqual([[2, 1, 0]]);
  expect(await pagesFor('dee')).toEqual([[2, 1, 0]]);
});

test('whoever may see all sees each entry once, a page at a time', async () => {
  const pages = await pagesFor('ana');
  expect(pages.map((page) => page.length)).toEqual([AUDIT_ROWS, AUDIT_ROWS, AUDIT_ROWS, 4]);
  expect(pages.flat()).toEqual(Array.from({ length: 3 * AUDIT_ROWS + 4 }, (_, at) => 3 * AUDIT_ROWS + 3 - at));
  expect(await pagesFor('ana', `/audit?of=${OWN}&actor=KIM`)).toEqual([[2, 1, 0]]);
});

test('what is asked for and not theirs is not there, by action and by rollout', async () => {
  expect(await pagesFor('eve', `/audit?of=${FOREIGN}`)).toEqual([[]]);
  expect(await pagesFor('eve', `/audit?of=r-${FOREIGN}`)).toEqual([[]]);
  expect(await pagesFor('eve', `/audit?of=r-${OWN}`)).toEqual([[2, 1, 0]]);
});

test.each(['', '/history', `/report?rollout=r-${FOREIGN}`, '/report', '/stream', '/cards/baseline'])(
  'of another action nobody is shown /rollouts/…%s, whether or not there is one',
  async (below) => {
    const site = openFor('eve');
    for (const action of [FOREIGN, 'Nowhere']) {
      const page = await site.get(`/rollouts/${action}${below}`);
      expect([page.status, await page.text()]).toEqual([403, expect.stringContaining('eve has no role')]);
    }
    site.close();
  },
);

test('the report of a rollout of another action is not had under the name of an own one', async () => {
  const site = openFor('eve');
  expect((await site.get(`/rollouts/${OWN}/report?rollout=r-${OWN}`)).status).toBe(200);
  const page = await site.get(`/rollouts/${OWN}/report?rollout=r-${FOREIGN}`);
  expect([page.status, await page.text()]).toEqual([404, expect.stringContaining('knows no such rollout')]);
  site.close();
});

const EVIL = '<script>alert(1)</script>';
const LONG = 'x'.repeat(5_000);

test.each<[status: number, path: string]>([
  ...['%00', '..%2F..%2Fetc%2Fpasswd', encodeURIComponent(EVIL), LONG, '%E0%A4%A', '%20', '__proto__%00'].flatMap(
    (name): [number, string][] =>
      ['', '/history', '/report', '/stream', '/cards/baseline'].map((below) => [404, `/rollouts/${name}${below}`]),
  ),
  ...['a%00b', '..%2F..%2F1', encodeURIComponent(`${EVIL} `), LONG].flatMap((id): [number, string][] => [
    [id.startsWith('..') ? 404 : 422, `/rollouts/${OWN}/report?rollout=${id}`],
    [id.startsWith('..') ? 200 : 422, `/rollouts/${OWN}?run=${id}`],
  ]),
  ...['of', 'actor'].flatMap((field): [number, string][] => [
    [422, `/audit?${field}=a%00b`],
    [422, `/audit?${field}=${LONG}`],
    [200, `/audit?${field}=${encodeURIComponent(EVIL)}`],
    [200, `/audit?${field}=..%2F..%2F`],
    [200, `/audit?${field}=%27%3B%20drop%20table%20audit%3B--`],
  ]),
  ...['-1', '1e9', 'x', '%00', '9'.repeat(40), '1.5'].map((before): [number, string] => [
    422,
    `/audit?before=${before}`,
  ]),
  [200, '/audit?before=999999999999999'],
  [200, '/audit?of[]=1&of[x]=2&constructor=1'],
  [404, `/rollouts/${OWN}/cards/..%2F..%2Fsecret`],
])('%i for %s: one answer, nothing of it is run, and no stack is told', async (status, path) => {
  const site = openFor('ana');
  const page = await site.get(path.slice(0, 8_000));
  const text = await page.text();
  expect([page.status, path]).toEqual([status, path]);
  expect(text).not.toContain(EVIL);
  expect(text).not.toMatch(/\bat \S+ \(|node_modules|ZodError|invalid byte|\.ts:\d/);
  if (status !== 200) expect(text.match(/<h1>/g)).toHaveLength(1);
  expect(JSON.stringify(site.logged)).not.toContain('request failed');
  site.close();
});

test('to scripts a hostile address is one problem in JSON', async () => {
  const site = openFor('ana');
  const answer = await site.get('/audit?before=x', { accept: 'application/json' });
  expect([answer.status, await answer.json()]).toEqual([
    422,
    {
      code: 'console-form-invalid',
      detail: expect.stringContaining('before: it is no number') as string,
      remedy: expect.any(String) as string,
    },
  ]);
  site.close();
});
