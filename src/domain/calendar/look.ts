/** May a split rise now? All that allow must be open; any that denies closes. */
import type { CalendarLook, LetPass } from './question.ts';
import type { Span } from './spans.ts';
import { gaps, intersect, isWithin } from './spans.ts';
import type { Times } from './times.ts';
import { placeTime } from './words.ts';

/** One thing that a rise has to pass. */
export interface Gate {
  readonly kind: 'allow' | 'deny';
  readonly times: Times;
  /** In words, as whoever waits reads it: `outside officeHours`, `freeze by ana: peak season`. */
  readonly closedBy: string;
  /** What it is, where two could be worded alike; else its words. */
  readonly key?: string;
  readonly timeZone: string;
}

const DAY_MS = 86_400_000;
/** How far a look reaches: over a year, so that what comes once a year is seen. */
export const HORIZON_MS = 400 * DAY_MS;

export function look(gates: readonly Gate[], atMs: number): CalendarLook {
  if (gates.length === 0) return { open: true, why: 'open: no window closes it', changesAtMs: null, closing: [] };
  const open = isOpen(gates, atMs);
  const changesAtMs = changeAfter(gates, atMs, open);
  const closing = open ? [] : gates.filter((gate) => isClosed(gate, atMs));
  const zone = (closing.find(({ kind }) => kind === 'allow') ?? closing[0] ?? gates[0])?.timeZone ?? 'UTC';
  const until = changesAtMs === null ? '' : ` until ${placeTime(changesAtMs, zone)}`;
  const reasons = closing.map(({ closedBy }) => closedBy).join('; ');
  const never = changesAtMs === null && !open ? ', and does not open within a year' : '';
  const why = open ? `open${until}` : `closed${until}${never} (${reasons})`;
  return { open, why, changesAtMs, closing: closing.map(keyOf) };
}

/** Without those that a person let pass, for as long as that holds. */
export function unlessLetPass(gates: readonly Gate[], letPass: readonly LetPass[], atMs: number): Gate[] {
  const passed = letPass.filter(({ untilMs }) => atMs < untilMs).flatMap(({ closing }) => closing);
  return gates.filter((gate) => !passed.includes(keyOf(gate)));
}

function keyOf({ key, closedBy }: Gate): string {
  return key ?? closedBy;
}

/** The next stretches in which a split may rise, the one at hand first. */
export function openings(gates: readonly Gate[], atMs: number, most: number): Span[] {
  const found: Span[] = [];
  for (let fromMs = atMs; found.length < most && fromMs < atMs + HORIZON_MS;) {
    const [next] = isOpen(gates, fromMs) ? [fromMs] : [changeAfter(gates, fromMs, false)];
    if (next === null || next === undefined) break;
    const toMs = changeAfter(gates, next, true) ?? atMs + HORIZON_MS;
    found.push({ fromMs: next, toMs });
    fromMs = toMs;
  }
  return found;
}

/** The same in words, by the clocks of the place whose windows they are. */
export function openingTexts(gates: readonly Gate[], atMs: number, most: number): string[] {
  const zone = (gates.find(({ kind }) => kind === 'allow') ?? gates[0])?.timeZone ?? 'UTC';
  return openings(gates, atMs, most).map(({ fromMs, toMs }) => {
    const end = toMs >= atMs + HORIZON_MS ? 'with no end within a year' : `to ${placeTime(toMs, zone)}`;
    return `${placeTime(fromMs, zone)} ${end}`;
  });
}

/** The stretches of `within` in which all gates are open. */
export function openSpans(gates: readonly Gate[], within: Span): Span[] {
  return gates.reduce<Span[]>(
    (spans, { kind, times }) => intersect(spans, kind === 'allow' ? times(within) : gaps(times(within), within)),
    [within],
  );
}

function isOpen(gates: readonly Gate[], atMs: number): boolean {
  return gates.every((gate) => !isClosed(gate, atMs));
}

function isClosed({ kind, times }: Gate, atMs: number): boolean {
  return isWithin(times({ fromMs: atMs, toMs: atMs + 1 }), atMs) === (kind === 'deny');
}

/** Nearly all changes are days away, so the first look is short and each next one longer. */
function changeAfter(gates: readonly Gate[], atMs: number, open: boolean): number | null {
  const endMs = atMs + HORIZON_MS;
  for (let fromMs = atMs, step = 8 * DAY_MS; fromMs < endMs; fromMs += step, step *= 4) {
    const within = { fromMs, toMs: Math.min(fromMs + step, endMs) };
    const spans = openSpans(gates, within);
    const [first] = open ? gaps(spans, within) : spans;
    if (first !== undefined) return first.fromMs;
  }
  return null;
}
