import type { CardVersion } from '../../../src/domain/plan/plan.ts';
import { buildActionPayload, canonicalContent } from '../../../src/targets/agent-assist-actions/payload.ts';
import { actionSchema } from '../../../src/genesys/wire.ts';
import { actionBodySchema } from '../../../src/sandbox/wire.ts';

const QUEUE = '7b3a1c52-0000-4000-8000-000000000001';
const SHA = 'a'.repeat(64);
const action: CardVersion = {
  name: 'RefundAssist',
  version: '1.6.0',
  html: '<p>card</p>',
  trigger: { minConfidence: 0.75, keywords: ['refund'], conditions: [{ type: 'queue', id: QUEUE }] },
  ui: { position: 'right', size: 'medium', requiredFeatures: ['flexbox'] },
};
const serving = { splitPercent: 5, group: 'candidate' as const, rolloutId: 'r1', contentSha256: SHA };

test('a version becomes the document that Genesys takes', () => {
  expect(buildActionPayload(action, serving)).toStrictEqual({
    name: 'RefundAssist v1.6.0',
    description: 'Agent assist action for RefundAssist',
    enabled: true,
    version: '1.6.0',
    trigger: {
      type: 'transcript',
      minConfidence: 0.75,
      keywords: ['refund'],
      conditions: [{ type: 'queue', id: QUEUE }],
    },
    content: { type: 'html', html: '<p>card</p>' },
    ui: { position: 'right', size: 'medium', required_features: ['flexbox'] },
    metadata: { traffic_split: 5, ab_test_group: 'candidate', version: '1.6.0', rollout_id: 'r1', content_sha256: SHA },
  });
});

test('what is built is what both sides of the wire read', () => {
  const payload = buildActionPayload(action, serving);
  expect(actionBodySchema.parse(JSON.parse(JSON.stringify(payload)))).toStrictEqual(payload);
  const entity = {
    ...payload,
    id: 'a1',
    dateCreated: '2026-01-01T00:00:00Z',
    dateModified: '2026-01-01T00:00:00.5+01:00',
    selfUri: '/api/v2/agentassist/actions/a1',
  };
  expect(actionSchema.parse(entity)).toStrictEqual(entity);
});

test('a document of other origin, without version metadata, can be read', () => {
  const metadata = { traffic_split: 100, ab_test_group: 'control' };
  expect(actionSchema.parse({ ...buildActionPayload(action, serving), id: 'a1', metadata }).metadata).toEqual(metadata);
});

test('content is the same text however its fields were ordered, whatever its name and version', () => {
  const reordered: CardVersion = {
    version: '9.9.9',
    name: 'Other',
    ui: { requiredFeatures: ['flexbox'], size: 'medium', position: 'right' },
    trigger: { conditions: [{ id: QUEUE, type: 'queue' }], keywords: ['refund'], minConfidence: 0.75 },
    html: '<p>card</p>',
  };
  expect(canonicalContent(reordered)).toBe(canonicalContent(action));
});

test.each<[string, CardVersion]>([
  ['html', { ...action, html: '<p>card</p> ' }],
  ['confidence', { ...action, trigger: { ...action.trigger, minConfidence: 0.8 } }],
  ['keywords', { ...action, trigger: { ...action.trigger, keywords: ['refund', 'money'] } }],
  ['conditions', { ...action, trigger: { ...action.trigger, conditions: [{ type: 'skill', id: QUEUE }] } }],
  ['position', { ...action, ui: { ...action.ui, position: 'left' } }],
  ['features', { ...action, ui: { ...action.ui, requiredFeatures: [] } }],
])('other %s is other content', (_, other) => {
  expect(canonicalContent(other)).not.toBe(canonicalContent(action));
});
