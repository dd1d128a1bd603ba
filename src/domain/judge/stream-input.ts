/**
 * What the lines of a stream mean, read liberally: a field that is missing or broken counts as unknown, never as good
 * news.
 */
import type { Outcome } from '../metrics/index.ts';
import { habitsOf } from './gathering/habits.ts';
import type { AgentHistory } from './gathering/habits.ts';
import type { Arm, Card, Habits } from './types.ts';

export interface StreamMargins {
  readonly accept: number;
  readonly dismiss: number;
  readonly p95: number;
}

export interface StreamConfig {
  /** Budget for a wrong rollback over the whole step: all metrics and looks together. */
  readonly alpha: number;
  /** Looks planned. */
  readonly horizon: number;
  /** Candidate's share of the cards, 0..1; null when it is not said. */
  readonly share: number | null;
  readonly margin: StreamMargins;
  /** Of each agent that is known from before the step. */
  readonly habits: ReadonlyMap<string, Habits>;
  /** What is not said is half of the margin. */
  readonly tolerance: Partial<StreamMargins>;
}

export interface StreamLook {
  readonly t: number;
  readonly final: boolean;
  readonly share: number | null;
  readonly cards: readonly Card[];
}

type Fields = Readonly<Record<string, unknown>>;

export function readConfig(config: unknown): StreamConfig {
  const fields = fieldsOf(config);
  const given = fieldsOf(fields['margin']);
  const margin = {
    accept: marginOf(given['accept'], 0.1),
    dismiss: marginOf(given['dismiss'], 0.1),
    p95: marginOf(given['p95'], 0.25),
  };
  return {
    alpha: within(fields['alpha'], 1e-9, 0.5) ?? 0.05,
    horizon: within(fields['horizon'], 1, 1e9) ?? 360,
    share: within(fields['share'], 0, 1),
    margin,
    tolerance: tolerancesOf(fieldsOf(fields['tolerance']), margin),
    habits: habitsOf(agentsOf(fieldsOf(fieldsOf(fields['history'])['agents']))),
  };
}

/** Lists of the same length, one entry per agent; whole numbers, the outcomes no more than the cards. */
function agentsOf(fields: Fields): ReadonlyMap<string, AgentHistory> {
  const [cards, accepted, dismissed] = [
    listOf(fields['cards']),
    listOf(fields['accepted']),
    listOf(fields['dismissed']),
  ];
  return new Map(
    listOf(fields['agent']).flatMap((agent, i): [string, AgentHistory][] => {
      const all = within(cards[i], 1, 1e12);
      if (all === null) return [];
      const hits = {
        acceptanceRate: within(accepted[i], 0, all) ?? 0,
        dismissalRate: within(dismissed[i], 0, all) ?? 0,
      };
      return [[agentName(agent), { cards: all, hits }]];
    }),
  );
}

export function readLook(line: Fields, habits: StreamConfig['habits']): StreamLook {
  return {
    t: within(line['t'], 0, 1e12) ?? 0,
    final: line['final'] === true,
    share: within(line['share'], 0, 1),
    cards: [...cardsOf(line['base'], 'baseline', habits), ...cardsOf(line['cand'], 'candidate', habits)],
  };
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function cardsOf(value: unknown, arm: Arm, habits: StreamConfig['habits']): readonly Card[] {
  const fields = fieldsOf(value);
  const [out, lat, agent] = [listOf(fields['out']), listOf(fields['lat']), listOf(fields['agent'])];
  const count = Math.max(out.length, lat.length, agent.length);
  return Array.from({ length: count }, (_, i) => cardOf(arm, out[i], lat[i], agentName(agent[i]), habits));
}

/** By what a line says; a list, as every object of JavaScript, has more keys than those that were put there. */
const OUTCOMES: ReadonlyMap<unknown, readonly Outcome[]> = new Map<unknown, readonly Outcome[]>([
  [1, ['accepted']],
  [2, ['dismissed']],
]);

/** `null` was never rendered; a latency that is missing or below zero belongs to a card that was, but is unknown. */
function cardOf(arm: Arm, out: unknown, lat: unknown, agent: string, known: StreamConfig['habits']): Card {
  const habits = known.get(agent);
  const isKnown = typeof lat === 'number' && Number.isFinite(lat) && lat >= 0;
  return {
    arm,
    outcomes: OUTCOMES.get(out) ?? [],
    latencyMs: isKnown ? lat : null,
    ...(!isKnown && lat !== null && { skewed: true }),
    agent,
    ...(habits !== undefined && { habits }),
    queue: '',
    firstOfConversation: true,
  };
}

function agentName(agent: unknown): string {
  return typeof agent === 'number' || typeof agent === 'string' ? String(agent) : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function within(value: unknown, low: number, high: number): number | null {
  return typeof value === 'number' && value >= low && value <= high ? value : null;
}

/** Of those that lie within their margins. */
function tolerancesOf(given: Fields, margin: StreamMargins): Partial<StreamMargins> {
  const read = (['accept', 'dismiss', 'p95'] as const).flatMap((name) => {
    const value = within(given[name], 0, margin[name]);
    return value === null || value === margin[name] ? [] : [[name, value]];
  });
  return Object.fromEntries(read) as Partial<StreamMargins>;
}

function marginOf(value: unknown, usual: number): number {
  return within(value, 1e-6, 100) ?? usual;
}
