/** A process that answers what a start asks of simulations: one takes seconds, and a worker has splits to watch. */
import { serve } from '../subprocesses/serve.ts';
import { foreseenHere } from './foresee.ts';
import type { ForesightQuestion } from './foresight.ts';

serve(({ what, plan, expected }: ForesightQuestion) => foreseenHere[what](plan, expected));
