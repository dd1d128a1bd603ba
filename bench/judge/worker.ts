/** One core of the pool: takes tasks until it is told that there are no more. */
import { parentPort } from 'node:worker_threads';
import type { Done, Task } from './pool.ts';
import { runStream, streamSeed } from './run.ts';
import { scenarioNamed } from './all-scenarios.ts';

parentPort?.on('message', (message: { index: number; task: Task } | null) => {
  if (message === null) return parentPort?.close();
  parentPort?.postMessage({ index: message.index, done: runTask(message.task) });
});

function runTask(task: Task): Done {
  const scenario = scenarioNamed(task.scenario);
  if (scenario === undefined) throw new Error(`No scenario is called "${task.scenario}".`);
  const outcomes = [];
  for (let index = task.from; index < task.to; index++) {
    const names = Object.keys(task.counts).filter((judge) => index < (task.counts[judge] ?? 0));
    outcomes.push(runStream(scenario, streamSeed(task.seed, task.scenario, index), names));
  }
  return { task, outcomes };
}
