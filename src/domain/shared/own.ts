/** What stands in a record under a name that somebody else chose: `constructor` is none unless it was put there. */
export function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
