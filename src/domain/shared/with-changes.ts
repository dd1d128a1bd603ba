/**
 * A copy with some fields changed. The same as a spread, which Node 20 takes a microsecond a field for where it adds or
 * replaces any: for what is copied at every look.
 */
export function withChanges<T extends object>(value: T, changes: Partial<T>): T {
  return Object.assign({}, value, changes);
}
