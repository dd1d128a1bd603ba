/** A thread that answers one question and ends: a simulation takes seconds, and a worker has splits to watch. */
import { parentPort, workerData } from 'node:worker_threads';
import { foreseenHere } from './foresee.ts';
import type { ForesightQuestion } from './foresight.ts';

const { what, plan, expected } = workerData as ForesightQuestion;
void foreseenHere[what](plan, expected).then((answer) => parentPort?.postMessage(answer));
