import { changedSince } from '../../../src/domain/registry/changed-since.ts';
import type { SeenVersion } from '../../../src/domain/split/seen-version.ts';

const ref = (version: string) => ({ id: `id-${version}`, version, fingerprint: { html: version } });

function seen(version: string, splitPercent: number, more: Partial<SeenVersion> = {}): SeenVersion {
  return {
    target: 'agentAssistActions',
    actionName: 'A',
    ...ref(version),
    group: 'control',
    enabled: splitPercent > 0,
    splitPercent,
    standsAlone: false,
    rolloutId: null,
    changedAt: null,
    changedBy: null,
    ...more,
  };
}

const deployment = { target: 'agentAssistActions' as const, actionName: 'A', baseline: ref('1'), candidate: ref('2') };
const PROMOTED = [
  { outcome: 'rejected', deployment: null },
  { outcome: 'promoted', deployment },
];

test('as the last rollout left it is nothing to tell, nor where nothing was rolled out', () => {
  expect(changedSince(PROMOTED, [seen('1', 0), seen('2', 100)])).toEqual([]);
  expect(changedSince([{ outcome: 'undone', deployment }], [seen('1', 100), seen('2', 0)])).toEqual([]);
  expect(changedSince([], [seen('9', 100)])).toEqual([]);
});

test.each<[string, readonly SeenVersion[], string]>([
  [
    'another content',
    [seen('2', 100, { fingerprint: { html: 'x' }, changedAt: '2026-11-28T12:00:00Z', changedBy: 'kim' })],
    'holds another html than the last rollout left (changed at 2026-11-28T12:00:00Z by kim)',
  ],
  ['deleted', [], 'is not there any more'],
  ['switched off', [seen('2', 0)], 'is switched off'],
  ['another split', [seen('2', 60)], 'serves 60 %, and the last rollout left 100 %'],
  ['a rival', [seen('2', 100), seen('9', 10)], 'v9 (id-9) serves 10 %, where the last rollout left none of it'],
])('%s is told with what was left', (_what, versions, says) => {
  expect(changedSince(PROMOTED, versions).join(' ')).toContain(says);
});
