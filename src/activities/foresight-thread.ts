/** A thread that answers what a start asks of simulations: one takes seconds, and a worker has splits to watch. */
import { parentPort } from 'node:worker_threads';
import { foreseenHere } from './foresee.ts';
import type { ForesightQuestion } from './foresight.ts';

parentPort?.on('message', ({ what, plan, expected }: ForesightQuestion) => {
  void foreseenHere[what](plan, expected).then((answer) => parentPort?.postMessage(answer));
});
