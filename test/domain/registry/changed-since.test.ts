import { changedSince } from '../../../src/domain/registry/changed-since.ts';
import type { SeenVersion } from '../../../src/domain/split/seen-version.ts';
import { numbered, seenVersion } from '../../helpers/seen-version.ts';

const deployment = {
  target: 'agentAssistActions' as const,
  actionName: 'A',
  baseline: numbered('1'),
  candidate: numbered('2'),
};
const PROMOTED = { outcome: 'promoted', deployment };

test('as the last rollout left it is nothing to tell, nor where nothing was rolled out', () => {
  expect(changedSince(PROMOTED, [seenVersion('1', 0), seenVersion('2', 100)])).toEqual([]);
  expect(changedSince({ outcome: 'undone', deployment }, [seenVersion('1', 100), seenVersion('2', 0)])).toEqual([]);
  expect(changedSince(null, [seenVersion('9', 100)])).toEqual([]);
});

test.each<[string, readonly SeenVersion[], string]>([
  [
    'another content',
    [seenVersion('2', 100, { fingerprint: { html: 'x' }, changedAt: '2026-11-28T12:00:00Z', changedBy: 'kim' })],
    'holds another html than the last rollout left (changed at 2026-11-28T12:00:00Z by kim)',
  ],
  ['deleted', [], 'is not there any more'],
  ['switched off', [seenVersion('2', 0)], 'is switched off'],
  ['another split', [seenVersion('2', 60)], 'serves 60 %, and the last rollout left 100 %'],
  [
    'a rival',
    [seenVersion('2', 100), seenVersion('9', 10)],
    'v9 (id-9) serves 10 %, where the last rollout left none of it',
  ],
])('%s is told with what was left', (_what, versions, says) => {
  expect(changedSince(PROMOTED, versions).join(' ')).toContain(says);
});
