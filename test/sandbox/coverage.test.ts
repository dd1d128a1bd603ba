import { ACTIONS, actionBody, givenSandbox } from './helpers.ts';
import type { Client } from './helpers.ts';
import { SEEDED_ACTION_ID, SEEDED_BASELINE } from '../../src/sandbox/seeded-organisation.ts';

const BASELINE = `${ACTIONS}/${SEEDED_ACTION_ID}`;

test('candidate first, baseline second: no hole, and every change is on record', async () => {
  const client = await givenSandbox();
  const candidate = await createCandidate(client);
  await client.call('PUT', candidate, actionBody('1.5.0', 25));
  await client.call('PUT', BASELINE, actionBody('1.4.0', 75, 'control'));
  const { body } = await client.call('GET', '/sandbox/coverage');
  expect(body).toMatchObject({ ok: true, holes: [] });
  expect(body['changes']).toMatchObject([
    {
      kind: 'created',
      actionId: SEEDED_ACTION_ID,
      version: '1.4.0',
      group: 'control',
      splitPercent: 100,
      enabled: true,
    },
    { kind: 'created', version: '1.5.0', group: 'candidate', splitPercent: 0 },
    { kind: 'updated', version: '1.5.0', splitPercent: 25 },
    { kind: 'updated', version: '1.4.0', splitPercent: 75 },
  ]);
});

test('baseline first: the hole is on record with its range, and stays so after it is closed', async () => {
  let now = 1_700_000_000_000;
  const client = await givenSandbox({ now: () => now });
  const candidate = await createCandidate(client);
  now += 1_000;
  await client.call('PUT', BASELINE, actionBody('1.4.0', 75, 'control'));
  expect((await client.call('GET', '/sandbox/coverage')).body).toEqual(
    expect.objectContaining({
      ok: false,
      holes: [{ actionName: 'RefundAssist', fromMs: now, toMs: null, ranges: [[0, 25]] }],
    }),
  );
  const openedAt = now;
  now += 40;
  await client.call('PUT', candidate, actionBody('1.5.0', 10));
  await client.call('PUT', candidate, actionBody('1.5.0', 25));
  expect((await client.call('GET', '/sandbox/coverage')).body).toMatchObject({
    ok: false,
    holes: [
      { fromMs: openedAt, toMs: openedAt + 40, ranges: [[0, 25]] },
      { fromMs: openedAt + 40, toMs: openedAt + 40, ranges: [[10, 25]] },
    ],
  });
});

test.each([
  ['disabling', (client: Client) => client.call('PUT', BASELINE, { ...SEEDED_BASELINE, enabled: false })],
  ['deleting', (client: Client) => client.call('DELETE', BASELINE)],
  ['renaming', (client: Client) => client.call('PUT', BASELINE, { ...SEEDED_BASELINE, name: 'Other v1.4.0' })],
])('%s the only version leaves everybody unserved', async (_, change) => {
  const client = await givenSandbox();
  await change(client);
  expect((await client.call('GET', '/sandbox/coverage')).body).toMatchObject({
    ok: false,
    holes: [{ actionName: 'RefundAssist', toMs: null, ranges: [[0, 100]] }],
  });
});

test('an action that never served everybody has no holes', async () => {
  const client = await givenSandbox();
  await client.call('POST', ACTIONS, { ...actionBody('1.0.0', 10), name: 'OtherAssist v1.0.0' });
  expect((await client.call('GET', '/sandbox/coverage')).body).toMatchObject({ ok: true, holes: [] });
});

async function createCandidate(client: Client): Promise<string> {
  const { body } = await client.call('POST', ACTIONS, actionBody('1.5.0', 0));
  return String(body['selfUri']);
}
