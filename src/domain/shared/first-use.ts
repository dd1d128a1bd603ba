/** Says of each id whether it is heard for the first time. */
export function createFirstUse(): (id: string) => boolean {
  const used = new Set<string>();
  return (id) => {
    const isFirst = !used.has(id);
    used.add(id);
    return isFirst;
  };
}
