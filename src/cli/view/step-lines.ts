/** The steps of a plan that names or abbreviates them, as they will be taken; nothing of any other. */
export function stepLines(steps: readonly string[] = []): string[] {
  const width = `${steps.length}`.length;
  return steps.map((step, at) => `  ${`${at + 1}`.padStart(width)}. ${step}`);
}
