import type { PlannedEnd } from '../../../src/domain/judge/types.ts';
import { plannedEndOf, recountedEnd } from '../../../src/domain/rollout/planned-ends.ts';

const at = (atMs: number): PlannedEnd => ({ atMs, share: 1, step: 1 });

test('a bake that requires proof ends at its atMost, which names its step; others have no planned end', () => {
  const bake = { kind: 'bake', forMs: 10, atMostMs: 100, minCards: 0, require: 'safe' } as const;
  const begun = { step: 1, startedAtMs: 1000 };
  expect(plannedEndOf([bake, bake], bake, begun)).toEqual({ atMs: 1100, share: 0.5, step: 1 });
  expect(plannedEndOf([bake], { ...bake, require: 'noHarm' }, begun)).toBeNull();
  expect(plannedEndOf([bake], { ...bake, atMostMs: 0 }, begun)).toBeNull();
});

test.each([
  ['the first count says it', null, at(100), { stood: false, nowMs: 10 }, at(100)],
  ['a calendar puts off what is to come', at(100), at(200), { stood: false, nowMs: 10 }, at(200)],
  ['a calendar that opens brings it forward', at(200), at(100), { stood: true, nowMs: 10 }, at(100)],
  ['a pause puts nothing off', at(100), at(200), { stood: true, nowMs: 10 }, at(100)],
  ['what has passed stays, after a pause', at(100), at(200), { stood: true, nowMs: 150 }, at(100)],
  ['what has passed stays, whatever a calendar says', at(100), at(200), { stood: false, nowMs: 100 }, at(100)],
  ['a bake that requires no proof has none', null, null, { stood: true, nowMs: 10 }, null],
])('of a bake of open hours: %s', (_, known, counted, how, expected) => {
  expect(recountedEnd(known, counted, how)).toEqual(expected);
});
