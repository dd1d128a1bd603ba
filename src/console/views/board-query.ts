/** Which rollouts are asked for in the address of the board. */
import { phaseWord } from '../../domain/rollout/phase-word.ts';
import { OUTCOMES } from '../../domain/rollout/status.ts';
import type { BoardEntry } from '../board-reader.ts';
import { needsPerson } from './attention.ts';

export const STATES = ['all', 'attention', 'running', 'ended', ...OUTCOMES] as const;
type State = (typeof STATES)[number];

export interface BoardQuery {
  /** In the name of the action or the version, in capitals or not. */
  readonly text: string;
  readonly state: State;
  readonly page: number;
}

const PER_PAGE = 100;
const MAX_TEXT = 200;

/** What is not understood is not asked for. */
export function boardQuery(given: Readonly<Record<string, string | undefined>>): BoardQuery {
  const page = /^\d{1,4}$/.test(given['page'] ?? '') ? Math.max(1, Number(given['page'])) : 1;
  const state = STATES.find((one) => one === given['state']) ?? 'all';
  return { text: (given['q'] ?? '').trim().slice(0, MAX_TEXT), state, page };
}

export function queryText({ text, state, page }: BoardQuery): string {
  const query = new URLSearchParams();
  if (text !== '') query.set('q', text);
  if (state !== 'all') query.set('state', state);
  if (page > 1) query.set('page', String(page));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

export function pageAddress(query: BoardQuery, page: number): string {
  return `/${queryText({ ...query, page })}`;
}

export function stateWord(state: State): string {
  return (
    { all: 'all', attention: 'needs attention', running: 'running', ended: 'ended' }[state as string] ??
    phaseWord(state)
  );
}

interface Chosen {
  readonly rows: readonly BoardEntry[];
  readonly count: number;
  readonly pages: number;
}

/** What runs stands before what has ended; else as they come. */
export function chosen(entries: readonly BoardEntry[], { text, state, page }: BoardQuery): Chosen {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (entry: BoardEntry): boolean => {
    const { action, version, endedAt, outcome } = entry.summary;
    const name = `${action ?? ''} ${version ?? ''}`.toLowerCase();
    if (!words.every((word) => name.includes(word))) return false;
    if (state === 'all') return true;
    if (state === 'attention') return needsPerson(entry);
    if (state === 'running') return endedAt === null;
    return state === 'ended' ? endedAt !== null : outcome === state;
  };
  const found = entries.filter(fits);
  const ordered = [
    ...found.filter((one) => one.summary.endedAt === null),
    ...found.filter((one) => one.summary.endedAt !== null),
  ];
  return {
    rows: ordered.slice((page - 1) * PER_PAGE, page * PER_PAGE),
    count: found.length,
    pages: Math.max(1, Math.ceil(found.length / PER_PAGE)),
  };
}
