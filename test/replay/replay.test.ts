/** Invariant 10: every released workflow's recorded histories still replay. */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../helpers/sources.ts';
import { workflowCode } from '../helpers/workflow-code.ts';
import { recordHistories } from './record-histories.ts';

const folder = join(__dirname, 'histories');
const release = process.env.RECORD_HISTORIES;
const files = (): string[] => readdirSync(folder).filter((file) => file.endsWith('.json'));

interface RawHistory {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string; workflowType: { name: string } };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

let workflowBundle: WorkflowBundleOption;

beforeAll(async () => {
  if (release !== undefined) await recordHistories(folder, release);
  workflowBundle = await workflowCode({ codecKeys: [] });
});

function replay(history: RawHistory): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle }, historyFromJSON(history), startOf(history)?.workflowId);
}
const startOf = ({ events: [first] }: RawHistory) => first?.workflowExecutionStartedEventAttributes;
const read = (file: string): RawHistory => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RawHistory;

test('there are recorded histories of every workflow', async () => {
  const index = readFileSync(join(ROOT, 'src', 'workflows', 'index.ts'), 'utf8');
  const workflows = [...index.matchAll(/export \{ ([\w, ]+) \}/g)].flatMap(([, names = '']) => names.split(', '));
  expect(workflows).toContain('rollout');
  const recorded = new Set(files().map((file) => startOf(read(file))?.workflowType.name));
  expect(workflows.filter((workflow) => !recorded.has(workflow))).toEqual([]);
});

test.each(files())('%s replays', async (file) => {
  await expect(replay(read(file))).resolves.toBeUndefined();
});

test('a history of another order of activities does not replay', async () => {
  const history = read(files().find((file) => file.endsWith('-promoted.json')) ?? '');
  const deploy = history.events.find(
    (event) => event.activityTaskScheduledEventAttributes?.activityType.name === 'deploy',
  );
  if (deploy?.activityTaskScheduledEventAttributes === undefined) throw new Error('no deploy in the history');
  deploy.activityTaskScheduledEventAttributes.activityType.name = 'retireBaseline';
  await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
});
