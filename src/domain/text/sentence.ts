/** The stop that the text lacks as a sentence: what a person gave as a reason seldom ends in one. */
export function stopAfter(text: string): string {
  return /[.!?]$/.test(text) ? '' : '.';
}
