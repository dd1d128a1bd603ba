/** What the benchmark is asked for on its command line. */
import { parseArgs } from 'node:util';
import { judges, OURS } from './judges.ts';
import type { Scenario } from './scenario.ts';
import { isHarmless } from './scenario.ts';
import { namedOnly, scenarioNamed, usualScenarios } from './all-scenarios.ts';

export interface Options {
  readonly json: boolean;
  readonly quick: boolean;
  readonly seed: number;
  /** Streams a scenario for every judge; null: as many as usual. */
  readonly streams: number | null;
  readonly judges: readonly string[];
  readonly scenarios: readonly Scenario[];
}

export const usage = `Usage: npm run bench:judge -- [--quick] [--json] [--only <judge or scenario>,...] [--streams N] [--seed N]
Judges: ${Object.keys(judges).join(', ')}
Scenarios: ${usualScenarios.map(({ name }) => name).join(', ')}
Only when named: ${namedOnly.map(({ name }) => name).join(', ')}`;

/** Throws an Error with the way out for anything it does not know. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      streams: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const only = values.only.flatMap((list) => list.split(','));
  const unknown = only.find((name) => !(name in judges) && scenarioNamed(name) === undefined);
  if (unknown !== undefined) throw new Error(`"${unknown}" is neither a judge nor a scenario.\n${usage}`);
  const chosen = Object.keys(judges).filter((name) => only.includes(name));
  const asked = [...usualScenarios, ...namedOnly].filter(({ name }) => only.includes(name));
  return {
    json: values.json,
    quick: values.quick,
    seed: wholeNumber('--seed', values.seed),
    streams: values.streams === undefined ? null : wholeNumber('--streams', values.streams),
    judges: chosen.length > 0 ? chosen : Object.keys(judges),
    scenarios: asked.length > 0 ? asked : usualScenarios,
  };
}

/** How many streams of a scenario a judge gets: ours more than the peers, what is false to roll back more than the rest. */
export function streamsFor(judge: string, scenario: Scenario, { quick, streams }: Options): number {
  if (streams !== null) return streams;
  const counts = STREAMS[quick ? 'quick' : 'full'][judge === OURS ? 'ours' : 'peers'];
  const { usual, high } = isHarmless(scenario) ? counts.harmless : counts.others;
  return scenario.perMinute > 100 ? high : usual;
}

const STREAMS = {
  full: {
    ours: { harmless: { usual: 80, high: 16 }, others: { usual: 40, high: 10 } },
    peers: { harmless: { usual: 60, high: 8 }, others: { usual: 24, high: 4 } },
  },
  quick: {
    ours: { harmless: { usual: 4, high: 1 }, others: { usual: 4, high: 1 } },
    peers: { harmless: { usual: 2, high: 1 }, others: { usual: 2, high: 1 } },
  },
} as const;

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`${name} is "${text}", expected a whole number from 0 on.\n${usage}`);
  return value;
}
