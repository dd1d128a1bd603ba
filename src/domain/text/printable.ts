/** Text of others, shown so that it can steer neither a terminal nor the eye of its reader. */

/**
 * Control characters, those that turn the direction of writing, and invisible ones become `\u001b` and the like, which
 * inside of
 * JSON is the same character. New lines and tabs stay; so do the two joiners that scripts and emoji need.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (one) =>
    Array.from({ length: one.length }, (_, at) => `\\u${one.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  );
}

const UNPRINTABLE = /(?![\n\t\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** As one line: what would begin another one is shown too. */
export function oneLine(text: string): string {
  return printable(text.replaceAll(/\r?\n/g, String.raw`\n`).replaceAll('\t', ' '));
}

/** Its beginning, with word of how much is left out. */
export function excerpt(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most
    ? text
    : `${characters.slice(0, most).join('')}… (${characters.length - most} more characters)`;
}
