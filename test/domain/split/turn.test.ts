import type { Audience } from '../../../src/domain/split/audience.ts';
import { audienceText, holds, isWithin, shareText, splitText } from '../../../src/domain/split/audience.ts';
import { baselineBeside } from '../../../src/domain/split/writes.ts';
import { turnOf } from '../../../src/domain/split/turn.ts';
import type { DividedTraffic, ServedArm } from '../../../src/domain/split/turn.ts';

const arm = (versionId: string, group: ServedArm['group'], splitPercent: number, over: Partial<ServedArm> = {}) => ({
  versionId,
  group,
  splitPercent,
  enabled: true,
  standsAlone: false,
  ...over,
});
const split = (percent: number, over: Partial<DividedTraffic> = {}): DividedTraffic => ({
  epoch: 5,
  trialEpoch: 1,
  of: null,
  unit: 'conversation',
  arms: [arm('old', 'control', baselineBeside(percent).splitPercent), arm('new', 'candidate', percent)],
  ...over,
});
const at = (conversationId: string, over: object = {}) => ({
  conversationId,
  queueId: 'billing',
  agentId: 'ana',
  memberships: [],
  ...over,
});
const IDS = Array.from({ length: 3_000 }, (_, number) => `conversation ${number}`);

test.each([0, 0.01, 5, 50, 99.99])(
  'at %d %% of an audience everybody is served, inside and outside, and outside nobody sees the candidate',
  (percent) => {
    const of: Audience = { queues: ['billing'] };
    const turns = (queueId: string) => IDS.map((id) => turnOf(split(percent, { of }), at(id, { queueId }), null));
    expect([...turns('billing'), ...turns('sales')]).not.toContain(null);
    expect(turns('sales').every((turn) => turn?.versionId === 'old' && turn.draw.percent === null)).toBe(true);
    const share = (100 * turns('billing').filter((turn) => turn?.versionId === 'new').length) / IDS.length;
    expect(Math.abs(share - percent)).toBeLessThan(3);
  },
);

test('a first version is shown, or told as withheld, within the audience; outside nothing is compared', () => {
  const first = split(0, {
    of: { agents: ['ana'] },
    arms: [arm('new', 'candidate', 40, { standsAlone: true })],
  });
  const turns = IDS.map((id) => turnOf(first, at(id), null));
  expect(new Set(turns.map((turn) => turn?.withheld))).toEqual(new Set([true, false]));
  expect(IDS.map((id) => turnOf(first, at(id, { agentId: 'ben' }), null)).every((turn) => turn === null)).toBe(true);
});

test('where a version is retired, whoever is outside of the audience keeps it', () => {
  const last = split(0, { of: { agents: ['ana'] }, arms: [arm('old', 'control', 60, { standsAlone: true })] });
  expect(IDS.every((id) => turnOf(last, at(id, { agentId: 'ben' }), null)?.withheld === false)).toBe(true);
  expect(IDS.some((id) => turnOf(last, at(id), null)?.withheld === true)).toBe(true);
});

test('a conversation keeps its arm through every rise, and its draw is the one at which it began', () => {
  for (const id of IDS.slice(0, 300)) {
    const first = turnOf(split(10), at(id), null);
    const later = turnOf(split(60, { epoch: 6 }), at(id, { agentId: 'ben', queueId: 'sales' }), first);
    expect(later).toEqual(first);
  }
});

test('a version that may serve no more keeps nobody: after a roll back, and when everybody has the candidate', () => {
  const [low = ''] = IDS.filter((id) => turnOf(split(10), at(id), null)?.versionId === 'new');
  const [high = ''] = IDS.filter((id) => turnOf(split(10), at(id), null)?.versionId === 'old');
  const [candidate, baseline] = [turnOf(split(10), at(low), null), turnOf(split(10), at(high), null)];
  expect(turnOf(split(0, { epoch: 6, trialEpoch: 6 }), at(low), candidate)).toMatchObject({
    versionId: 'old',
    draw: { epoch: 6, percent: 0 },
  });
  expect(turnOf(split(100, { epoch: 6 }), at(high), baseline)?.versionId).toBe('new');
});

test('an arm that was drawn in an earlier trial is no draw of this one', () => {
  const [high = ''] = IDS.filter((id) => turnOf(split(10), at(id), null)?.versionId === 'old');
  const before = turnOf(split(10), at(high), null);
  expect(turnOf(split(10, { epoch: 9, trialEpoch: 8 }), at(high), before)).toMatchObject({
    versionId: 'old',
    draw: { percent: 0 },
  });
});

test('where agents are divided an agent meets one version, whatever the conversation', () => {
  for (const agentId of ['ana', 'ben', 'chloe', 'dario'])
    expect(
      new Set(IDS.map((id) => turnOf(split(50, { unit: 'agent' }), at(id, { agentId }), null)?.versionId)).size,
    ).toBe(1);
});

test('whoever is in any of the lists is in the audience, and a longer list holds a shorter one', () => {
  const of: Audience = { queues: ['billing'], teams: ['night'] };
  const member = { memberships: [{ kind: 'team', groupId: 'night' } as const] };
  expect(isWithin(of, { queueId: 'billing', agentId: 'x', memberships: [] })).toBe(true);
  expect(isWithin(of, { queueId: 'sales', agentId: 'x', ...member })).toBe(true);
  expect(isWithin({ divisions: ['night'] }, { queueId: 'sales', agentId: 'x', ...member })).toBe(false);
  expect(holds({ ...of, agents: ['ana'] }, of)).toBe(true);
  expect([holds(null, of), holds(of, null), holds({ queues: ['billing'] }, of)]).toEqual([true, false, false]);
  expect(audienceText({ queues: ['q1'], teams: ['t1', 't2'] })).toBe('queue q1, 2 teams (pilot)');
  expect(splitText(25, { queues: ['6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01'] })).toBe('25 % of queue 6f2f7b7e… (pilot)');
  expect(shareText(25, { name: 'Nights', teams: ['t1'] })).toBe('25 % of the conversations of Nights (pilot)');
});
