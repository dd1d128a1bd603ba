import { errorBody, startOrganisation } from './with-organisation.ts';
import type { Document, Organisation } from './with-organisation.ts';

const TYPES = ['agentassist.action.triggered', 'agentassist.action.accepted', 'agentassist.action.dismissed'];
const WANTED = {
  name: 'RefundAssistMetrics',
  url: 'https://events.example/push',
  signingSecret: 'whsec_c2VjcmV0',
  eventTypes: TYPES,
};
const OR = { type: 'OR', filters: TYPES.map((value) => ({ type: 'event', value })) };
/** What the tutorial of this API creates: it wants three types and lets one through. */
const NARROW = {
  id: 'e-1',
  name: 'RefundAssistMetrics',
  enabled: true,
  format: 'json',
  destination: { type: 'webhook', url: WANTED.url },
  eventTypes: TYPES,
  filter: { type: 'AND', filters: [{ type: 'event', value: 'agentassist.action.triggered' }] },
};

let organisation: Organisation;
beforeEach(async () => {
  organisation = await startOrganisation('analytics/event-exports');
});
afterEach(() => organisation.close());

const put = (document: Document): unknown => organisation.documents.set(document.id, document);
const only = (): Document | undefined => [...organisation.documents.values()][0];

test('creates an export whose filter admits every type that is wanted', async () => {
  const { id, outcome } = await organisation.client.exports.ensureExport(WANTED);
  expect(outcome).toBe('created');
  expect(organisation.documents.get(id)).toMatchObject({
    name: 'RefundAssistMetrics',
    enabled: true,
    eventTypes: TYPES,
    filter: OR,
    destination: { type: 'webhook', url: WANTED.url, signingSecret: WANTED.signingSecret },
  });
});

test('a second call reuses it: one export, however often', async () => {
  const first = await organisation.client.exports.ensureExport(WANTED);
  const second = await organisation.client.exports.ensureExport(WANTED);
  expect(second).toEqual({ id: first.id, outcome: 'reused' });
  expect(organisation.documents.size).toBe(1);
});

test('writes the secret also when nothing else differs, since a changed one cannot be seen', async () => {
  await organisation.client.exports.ensureExport(WANTED);
  await organisation.client.exports.ensureExport({ ...WANTED, signingSecret: 'whsec_bmV3' });
  expect(only()).toMatchObject({ destination: { signingSecret: 'whsec_bmV3' } });
});

test('mends a filter that lets only "triggered" through, and keeps fields that it does not know', async () => {
  put({ ...NARROW, colour: 'blue' });
  expect(await organisation.client.exports.ensureExport(WANTED)).toEqual({ id: 'e-1', outcome: 'repaired' });
  expect(only()).toMatchObject({ filter: OR, colour: 'blue' });
});

test.each([
  ['disabled', { enabled: false }],
  ['sent elsewhere', { destination: { type: 'webhook', url: 'https://other.example' } }],
  ['without a type', { eventTypes: TYPES.slice(1) }],
  ['an AND of all types, which admits nothing', { filter: { ...OR, type: 'AND' } }],
  ['without a filter', { filter: undefined }],
])('mends one that is %s', async (_what, drift) => {
  put({ ...NARROW, filter: OR, ...drift });
  expect(await organisation.client.exports.ensureExport(WANTED)).toEqual({ id: 'e-1', outcome: 'repaired' });
  expect(only()).toMatchObject({ enabled: true, eventTypes: TYPES, filter: OR, destination: { url: WANTED.url } });
});

test('leaves alone an export whose name only begins the same', async () => {
  put({ ...NARROW, name: 'RefundAssistMetrics of another team' });
  expect((await organisation.client.exports.ensureExport(WANTED)).outcome).toBe('created');
  expect(organisation.documents.get('e-1')).toMatchObject({ filter: NARROW.filter });
});

test('one that appears between our look and our write is used', async () => {
  organisation.interrupt = (request) => {
    if (request.method !== 'POST') return undefined;
    put(NARROW);
    return { status: 409, body: errorBody(409, 'request.conflict') };
  };
  expect(await organisation.client.exports.ensureExport(WANTED)).toEqual({ id: 'e-1', outcome: 'repaired' });
});

test('created with the answer lost, then asked again: one export', async () => {
  organisation.interrupt = (request, work) => {
    if (request.method !== 'POST') return undefined;
    work();
    return 'drop';
  };
  await expect(organisation.client.exports.ensureExport(WANTED)).rejects.toMatchObject({ kind: 'network' });
  expect((await organisation.client.exports.ensureExport(WANTED)).outcome).toBe('reused');
  expect(organisation.documents.size).toBe(1);
});

test('removing twice does no harm', async () => {
  const { id } = await organisation.client.exports.ensureExport(WANTED);
  await organisation.client.exports.remove(id);
  await organisation.client.exports.remove(id);
  expect(organisation.documents.size).toBe(0);
});
