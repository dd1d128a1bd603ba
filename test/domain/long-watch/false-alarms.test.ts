/** What the long watch promises, counted on a few of the benchmark's streams; docs/judge.md has the figures of more. */
import { scenarios } from '../../../bench/long-watch/scenarios.ts';
import { ALPHA, still, watchStream } from '../../../bench/long-watch/streams.ts';

jest.setTimeout(300_000);

/** Cards until harm was said, or null; `shorter`: a third of the benchmark's traffic, for a day and a night. */
function watched(name: string, streams: number, shorter = false): readonly (number | null)[] {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  const stream = { ...still, ...scenario.stream };
  return Array.from(
    { length: streams },
    (_, i) =>
      watchStream({
        ...stream,
        seed: 1 + i,
        ...(shorter && { perHour: Math.round(stream.perHour / 3), watchHours: 24 }),
      }).cards,
  );
}

test.each(['null', 'null-uneven', 'null-shift', 'edge-accept-shift', 'edge-latency', 'drift'])(
  'false alarms stay within the budget: %s',
  (name) => {
    const cards = watched(name, 20, true);
    expect(cards.filter((one) => one !== null).length / cards.length).toBeLessThanOrEqual(ALPHA);
  },
);

test.each([
  ['accept-50', 4000],
  ['latency-2', 1500],
  ['p95-2', 5000],
  ['undelivered', 800],
  ['latency-2-uneven', 5000],
  ['undelivered-uneven', 800],
])('%s is found within %d cards', (name, most) => {
  expect(watched(name, 5).filter((one) => one !== null && one <= most)).toHaveLength(5);
});

test('harm that begins after a day is found then, and not before', () => {
  expect(watched('late-accept-50', 4).filter((one) => one !== null && one > 24 * 190 && one < 44 * 200)).toHaveLength(
    4,
  );
});
