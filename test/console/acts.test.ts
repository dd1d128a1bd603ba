/** Acts from a page: whose they are, what they are about, what is asked about twice, and what does nothing at all. */
import { AssistError } from '../../src/configurator/errors.ts';
import { acts, fakeEngine, openConsole, ORIGIN, TOKEN, viewOf } from './helpers.ts';
import type { FakeEngine, TestConsole } from './helpers.ts';
import { fieldsOf } from './fields.ts';

let fake: FakeEngine;
let site: TestConsole;

beforeEach(() => {
  fake = fakeEngine();
  fake.views = new Map([['Refund', viewOf('Refund')]]);
  site = openConsole(fake);
});
afterEach(() => site.close());

const said = { token: TOKEN, reason: 'agents report a wrong amount', run: 'run-Refund' };

test('an act goes to the configurator in the name of whoever looks, about what the page showed', async () => {
  const answer = await site.post('/rollouts/Refund/acts/advance', { ...said, pause: '2', step: '3' });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/rollouts/Refund?done=advance.taken']);
  expect(acts(fake)).toEqual([
    {
      what: 'act',
      given: ['advance', 'Refund', { by: 'ana', reason: said.reason, pause: 2, step: 3 }, 'run-Refund', {}],
    },
  ]);
  const page = await (await site.get('/rollouts/Refund?done=advance.taken')).text();
  expect(page).toContain('advance: taken.');
});

test('what an act cannot name is not sent along', async () => {
  await site.post('/rollouts/Refund/acts/pause', { ...said, pause: '2', step: '3' });
  expect(acts(fake)[0]?.given[2]).toEqual({ by: 'ana', reason: said.reason });
});

test('a form that is sent twice is one act, and another form is another', async () => {
  for (const once of ['a', 'a', 'b']) await site.post('/rollouts/Refund/acts/pause', { ...said, once });
  const ids = acts(fake).map(({ given }) => (given[4] as { updateId: string }).updateId);
  expect(ids[0]).toMatch(/^console-/);
  expect([ids[1] === ids[0], ids[2] === ids[0]]).toEqual([true, false]);
});

test.each(['undo', 'recover'])(
  'a Yes to %s that is clicked twice begins it once, and says that it is begun',
  async (act) => {
    const once = 'a';
    const yes = fieldsOf(await (await site.post(`/rollouts/Refund/acts/${act}`, { ...said, once })).text());
    const send = () => site.post(`/rollouts/Refund/acts/${act}`, yes);
    const answers = [...(await Promise.all([send(), send()])), await send()];
    expect([answers.map(({ status }) => status), acts(fake).length]).toEqual([[303, 303, 303], 1]);
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
  },
);

test.each(['undo', 'recover'])(
  'a Yes to %s that comes again later is another one, for the first may be over',
  async (act) => {
    let ms = 0;
    const later = openConsole(fake, { clock: () => ms });
    const yes = fieldsOf(await (await later.post(`/rollouts/Refund/acts/${act}`, { ...said, once: 'a' })).text());
    const send = async () => (await later.post(`/rollouts/Refund/acts/${act}`, yes)).status;
    expect([await send(), (ms += 9_000) && (await send()), acts(fake).length]).toEqual([303, 303, 1]);
    ms += 2_000;
    expect([await send(), acts(fake).length]).toEqual([303, 2]);
    ms += 11_000;
    fake.refuses = new AssistError('rollout-already-running', 'It goes on.', 'Wait.');
    expect([await send(), acts(fake).length]).toEqual([409, 3]);
    later.close();
  },
);

test('one that was refused is tried again when it is sent again', async () => {
  const yes = fieldsOf(await (await site.post('/rollouts/Refund/acts/undo', { ...said, once: 'a' })).text());
  fake.refuses = new AssistError('update-rejected', 'Not now.', 'Later.');
  expect((await site.post('/rollouts/Refund/acts/undo', yes)).status).toBe(409);
  fake.refuses = null;
  expect((await site.post('/rollouts/Refund/acts/undo', yes)).status).toBe(303);
});

test.each(['abort', 'promote', 'override', 'undo', 'recover'])(
  '%s is asked about first, and done when it was confirmed',
  async (act) => {
    const asked = await site.post(`/rollouts/Refund/acts/${act}`, { ...said, guardrail: 'acceptanceRate' });
    const page = await asked.text();
    expect([asked.status, acts(fake)]).toEqual([200, []]);
    expect(page).toContain('name="confirmed" value="yes"');
    expect(page).toContain(`value="${said.reason}"`);
    const done = await site.post(`/rollouts/Refund/acts/${act}`, fieldsOf(page));
    expect([done.status, acts(fake)]).toEqual([303, [expect.anything()]]);
  },
);

test('a promotion of what is not proven says so with the figures, and lapses', async () => {
  const page = await (await site.post('/rollouts/Refund/acts/promote', said)).text();
  expect(page).toContain('not proven: Refund 1.5.0, noData');
  await site.post('/rollouts/Refund/acts/promote', fieldsOf(page));
  const given = acts(fake)[0]?.given[2] as { readonly expiresAt: string } | undefined;
  expect(Date.parse(given?.expiresAt ?? '')).toBeGreaterThan(Date.now());
});

test('an abort does not wait for a rollout that does not answer', async () => {
  fake.views = new Map();
  expect((await site.post('/rollouts/Refund/acts/abort', said)).status).toBe(200);
  expect((await site.post('/rollouts/Refund/acts/abort', { ...said, confirmed: 'yes' })).status).toBe(303);
});

test('an abort does not wait for one that hangs, and asks nothing once it was confirmed', async () => {
  let looks = 0;
  Object.assign(fake.engine, { status: () => ((looks += 1), new Promise(() => undefined)) });
  const page = await (await site.post('/rollouts/Refund/acts/abort', said)).text();
  expect([page.includes('This rolls Refund back now'), looks]).toEqual([true, 1]);
  expect((await site.post('/rollouts/Refund/acts/abort', fieldsOf(page))).status).toBe(303);
  expect([acts(fake).length, looks]).toEqual([1, 1]);
});

test('a refused act is one sentence, and the way out', async () => {
  fake.refuses = new AssistError('update-rejected', 'Refused: cannot approve while it is baking.', 'See the status.');
  const answer = await site.post('/rollouts/Refund/acts/approve', said);
  expect(answer.status).toBe(409);
  const page = await answer.text();
  expect(page).toContain('Refused: cannot approve while it is baking.');
  expect(page).toContain('<a href="/rollouts/Refund">Back');
});

test('an error that is not for others is told without what it holds', async () => {
  fake.refuses = new Error('connect ECONNREFUSED 10.1.2.3:7233') as AssistError;
  const answer = await site.post('/rollouts/Refund/acts/approve', said);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('10.1.2.3');
});

test.each<[string, Record<string, string>, Record<string, string>, number]>([
  ['without a reason', { token: TOKEN }, {}, 422],
  ['with blanks for a reason', { token: TOKEN, reason: '  ' }, {}, 422],
  ['with a reason of a book', { token: TOKEN, reason: 'x'.repeat(2_001) }, {}, 422],
  ['without a token', { token: '', reason: 'why' }, {}, 422],
  ['with the token of somebody else', { token: 'x', reason: 'why' }, {}, 403],
  ['from another page', { ...said }, { origin: 'https://evil.example' }, 403],
  ['from a page that hides where it is', { ...said }, { origin: 'null' }, 403],
  ['under another name of this machine', { ...said }, { host: 'rebound.example:8490' }, 403],
  ['with a field that no form has', { ...said, by: 'ben' }, {}, 422],
  ['as JSON', { ...said }, { 'content-type': 'application/json' }, 422],
  ['with a step that is none', { ...said, step: '-1' }, {}, 422],
])('%s nothing is done', async (_how, form, headers, status) => {
  const answer = await site.post('/rollouts/Refund/acts/pause', form, headers);
  expect([answer.status, acts(fake)]).toEqual([status, []]);
});

test('an act that there is none of, and one by GET, do nothing', async () => {
  expect((await site.post('/rollouts/Refund/acts/delete', said)).status).toBe(404);
  expect((await site.get('/rollouts/Refund/acts/pause')).status).toBe(404);
  expect(acts(fake)).toEqual([]);
});

test('more than three million bytes are not read', async () => {
  expect((await site.post('/plan/check', { token: TOKEN, plan: 'x'.repeat(3 * 1024 * 1024) })).status).toBe(413);
});

test('a form without an Origin is taken where the browser says that it is its own page', async () => {
  const send = (site_: string) =>
    site.app.request(`${ORIGIN}/rollouts/Refund/acts/pause`, {
      method: 'POST',
      headers: {
        host: '127.0.0.1:8490',
        'sec-fetch-site': site_,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(said).toString(),
    });
  expect((await send('cross-site')).status).toBe(403);
  expect(acts(fake)).toEqual([]);
  expect((await send('same-origin')).status).toBe(303);
});

test('what stands in an address is not said as if it had happened', async () => {
  for (const done of ['abort.%3Cb%3E', 'everything.taken', 'abort.toString'])
    expect(await (await site.get(`/rollouts/Refund?done=${done}`)).text()).not.toMatch(/(abort|everything): /);
});

test('a person acts so often within a minute, and no more', async () => {
  const statuses: number[] = [];
  for (let at = 0; at < 62; at += 1) statuses.push((await site.post('/rollouts/Refund/acts/pause', said)).status);
  expect(statuses.filter((status) => status === 303)).toHaveLength(60);
  expect(statuses.at(-1)).toBe(429);
});

test('a page has a policy that runs nothing of others, and is kept nowhere', async () => {
  const { headers } = await site.get('/');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
  expect(headers.get('cache-control')).toBe('no-store');
  expect((await site.get('/', { host: 'rebound.example' })).status).toBe(403);
});
