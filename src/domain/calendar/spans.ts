/** Stretches of time, and what can be made of them. Instants are ms since the epoch. */

/** From `fromMs` up to, but not including, `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** In order, and none touches another. */
export function union(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (span.toMs <= span.fromMs) continue;
    if (last === undefined || span.fromMs > last.toMs) merged.push(span);
    else merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) };
  }
  return merged;
}

/** What both hold; both in order, as `union` gives them. */
export function intersect(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [one, other] = [a[i] as Span, b[j] as Span];
    const fromMs = Math.max(one.fromMs, other.fromMs);
    const toMs = Math.min(one.toMs, other.toMs);
    if (fromMs < toMs) common.push({ fromMs, toMs });
    if (one.toMs < other.toMs) i += 1;
    else j += 1;
  }
  return common;
}

/** What lies between them within the given stretch; the spans in order. */
export function gaps(spans: readonly Span[], { fromMs, toMs }: Span): Span[] {
  const between: Span[] = [];
  let cursor = fromMs;
  for (const span of spans) {
    if (span.fromMs > cursor) between.push({ fromMs: cursor, toMs: Math.min(span.fromMs, toMs) });
    cursor = Math.max(cursor, span.toMs);
  }
  if (cursor < toMs) between.push({ fromMs: cursor, toMs });
  return between.filter((span) => span.fromMs < span.toMs);
}

export function isWithin(spans: readonly Span[], atMs: number): boolean {
  return spans.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
}
