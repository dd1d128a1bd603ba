/** What the guardian could not look at. */
import { findingsIn } from '../../../src/domain/guardian/findings.ts';
import type { Seen, Unseen } from '../../../src/domain/guardian/seen.ts';
import { GUARDIAN_RULES } from '../../../src/domain/guardian/seen.ts';

const NOTHING: Omit<Seen, 'nowMs' | 'unseen'> = {
  versions: [],
  runs: new Map(),
  rows: [],
  rowRuns: new Map(),
  judgedAtMs: new Map(),
  endedAtMs: new Map(),
  eventTroubles: [],
  lostBuilds: new Map(),
  waves: new Map(),
};
const UNSEEN: readonly Unseen[] = [
  { what: 'versions', target: 'assistPanel', why: '503' },
  { what: 'versions', target: 'copilotQueues', why: 'B: 403', actions: ['B'] },
  { what: 'events', target: 'assistPanel', why: '503' },
];
const on = (day: string): readonly string[] =>
  findingsIn({ ...NOTHING, nowMs: Date.parse(`${day}T23:59:59Z`), unseen: UNSEEN }, GUARDIAN_RULES).map(
    ({ key, sentence }) => `${key}: ${sentence}`,
  );

test('it is said whether that hides a version or what brings its events, and of which action, anew each day', () => {
  expect(on('2026-11-30')).toEqual([
    'unseen/assistPanel/2026-11-30: What serves on assistPanel could not be looked at: 503',
    'unseen/copilotQueues/B/2026-11-30: What serves on copilotQueues could not be looked at: B: 403',
    'unseen/events/assistPanel/2026-11-30: Whether events of assistPanel can come could not be looked at: 503',
  ]);
  expect(on('2026-12-01').join(' ')).toContain('unseen/copilotQueues/B/2026-12-01');
});
