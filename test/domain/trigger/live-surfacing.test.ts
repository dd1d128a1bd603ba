import { createLiveSurfacing, withVersion } from '../../../src/domain/trigger/live-surfacing.ts';
import type { TriggeredVersion } from '../../../src/domain/trigger/trigger-index.ts';
import { bucketOf } from '../../../src/domain/split/bucket.ts';

const trigger = (keyword: string, skill?: string): TriggeredVersion['trigger'] => ({
  minConfidence: 0.5,
  keywords: [keyword],
  conditions: skill === undefined ? [] : [{ type: 'skill', id: skill }],
});
const version = (more: Partial<TriggeredVersion>): TriggeredVersion => ({
  action: 'RefundAssist',
  version: '1.4.0',
  trigger: trigger('refund'),
  enabled: true,
  group: 'control',
  splitPercent: 100,
  ...more,
});
const said = { conversationId: 'c-1', queueId: 'q', skillIds: [], text: 'a refund, money back', confidence: 0.9 };

test('the bucket of the conversation says which arm it is in', () => {
  const candidate = version({ version: '1.5.0', group: 'candidate', trigger: trigger('money back') });
  const bucket = bucketOf(said.conversationId);
  const armAt = (splitPercent: number) =>
    createLiveSurfacing([version({ splitPercent: 100 }), { ...candidate, splitPercent }], null)(said);
  expect(armAt(bucket + 0.01)).toMatchObject({ bucket, cards: [{ arm: 'candidate', keyword: 'money back' }] });
  expect(armAt(bucket)).toMatchObject({ bucket, cards: [{ arm: 'baseline', keyword: 'refund' }] });
});

test('of all cards those that surface are told; of one action its one answer, with the reason why not', () => {
  const other = version({ action: 'Other', trigger: trigger('delivery') });
  expect(createLiveSurfacing([version({}), other], null)(said).cards).toMatchObject([{ action: 'RefundAssist' }]);
  expect(createLiveSurfacing([version({}), other], 'Other')(said).cards).toMatchObject([
    { action: 'Other', fires: false, why: 'noKeyword' },
  ]);
});

test('conditions on skills hold where routing tells the skills, and are passed over where nobody does', () => {
  const surfacing = createLiveSurfacing([version({ trigger: trigger('refund', 'spanish') })], null);
  expect(surfacing(said).cards).toEqual([]);
  expect(surfacing({ ...said, skillIds: ['spanish'] }).cards).toHaveLength(1);
  expect(surfacing({ ...said, skillIds: null }).cards).toHaveLength(1);
});

test("a plan's version stands beside what serves, unless it serves itself", () => {
  const planned = { name: 'RefundAssist', version: '1.5.0', trigger: trigger('money back') };
  expect(withVersion([version({})], planned, 5)).toEqual([
    version({}),
    version({ version: '1.5.0', group: 'candidate', splitPercent: 5, trigger: planned.trigger }),
  ]);
  const serving = [version({}), version({ version: '1.5.0', group: 'candidate', splitPercent: 25 })];
  expect(withVersion(serving, planned, 5)).toBe(serving);
});
