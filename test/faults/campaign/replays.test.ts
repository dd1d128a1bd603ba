/** What a campaign says of a run that could not go on after the death of its worker. */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unreplayable } from '../../../bench/campaign/replays.ts';

const FOLDER = join(__dirname, '..', '..', 'replay', 'histories');

function recorded(): string {
  const file = readdirSync(FOLDER).find((name) => name.endsWith('-promoted.json'));
  if (file === undefined) throw new Error(`There is no history of a promoted rollout in ${FOLDER}.`);
  return readFileSync(join(FOLDER, file), 'utf8');
}

function named(history: string) {
  const text = JSON.parse(history) as {
    events: { workflowExecutionStartedEventAttributes?: { workflowId: string } }[];
  };
  const workflowId = text.events[0]?.workflowExecutionStartedEventAttributes?.workflowId ?? '';
  return { workflowId, history: historyFromJSON(text) };
}

test('a history that replays is no fault; one of another order is told, and its runs are kept', async () => {
  const sound = named(recorded());
  const other = named(recorded().replace('"name":"deploy"', '"name":"retireBaseline"'));
  expect(await unreplayable([sound])).toEqual([]);
  const [line = '', ...more] = await unreplayable([sound, { ...other, workflowId: 'rollout/Other' }]);
  expect(more).toEqual([]);
  expect(line).toMatch(/^rollout\/Other: a history does not replay: .*; its runs are in /);
  const folder = line.slice(line.lastIndexOf(' ') + 1);
  expect(existsSync(join(folder, '0.json'))).toBe(true);
  rmSync(folder, { recursive: true });
});
