/** The first circle among these arrows, from a member of it back to itself; null when there is none. */
export function circleIn(arrows: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (at: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(at)) return [...path.slice(path.indexOf(at)), at];
    if (done.has(at)) return null;
    for (const to of arrows.get(at) ?? []) {
      const circle = visit(to, [...path, at]);
      if (circle !== null) return circle;
    }
    done.add(at);
    return null;
  };
  for (const start of arrows.keys()) {
    const circle = visit(start, []);
    if (circle !== null) return circle;
  }
  return null;
}
