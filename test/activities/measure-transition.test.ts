/** What a transition counts for. */
import type { Meter } from '@opentelemetry/api';
import { measureTransition } from '../../src/activities/measure-transition.ts';
import { measureBy } from '../../src/telemetry/measure.ts';
import { transitionRecord } from '../helpers/transition-record.ts';

test('a rollout ends once, whoever is refused after it', () => {
  const counted: unknown[] = [];
  const instrument = (name: string) => ({
    add: (by: number) => by > 0 && counted.push([name, by]),
    record: () => undefined,
  });
  const gauge = () => ({ addCallback: () => undefined, removeCallback: () => undefined });
  const stop = measureBy({
    createCounter: instrument,
    createHistogram: instrument,
    createObservableGauge: gauge,
    addBatchObservableCallback: () => undefined,
    removeBatchObservableCallback: () => undefined,
  } as unknown as Meter);
  for (const act of ['ended', 'refused', 'refused'])
    measureTransition(transitionRecord(act, { act, outcome: 'rejected' }));
  stop();
  expect(counted).toEqual([['assist_rollouts_rollouts_ended_total', 1]]);
});
