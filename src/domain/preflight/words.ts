/** Names as a text with blanks between them: a list of a hundred stays a few lines. */
export function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
