/** Colours by meaning. Without a terminal, or with NO_COLOR set, text stays as it is. */
import { colour } from '../../telemetry/own-colours.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold';
export type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, number>> = { good: 32, bad: 31, warn: 33, dim: 2, bold: 1 };

export function createPaint(color: boolean): Paint {
  return (tone, text) => (color ? colour(CODES[tone], text) : text);
}

/** https://no-color.org: any non-empty value switches colours off. */
export function wantsColor(env: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}
