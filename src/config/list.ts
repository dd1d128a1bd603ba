/** Several values in one variable, separated by commas or spaces. */
export function listOf(text: string | null | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter(Boolean);
}
