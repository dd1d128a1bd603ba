/** How good or bad a word is: by its colour, and by a sign for whoever sees none. */
import { html } from 'hono/html';
import type { Verdict } from '../../domain/judge/types.ts';
import type { Markup } from './markup.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'live';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✔', bad: '✖', warn: '▲', dim: '·', live: '▶' };

export function mark(tone: Tone, word: string): Markup {
  return html`<span class="mark ${tone}"><span aria-hidden="true">${SIGNS[tone]}</span> ${word}</span>`;
}

export const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = {
  harm: 'bad',
  safe: 'good',
  undecided: 'dim',
  noData: 'warn',
  untrusted: 'bad',
};

const GOOD = ['promoted', 'retired', 'undone'];
const WAITING = ['held', 'awaitingApproval', 'awaitingHook', 'paused', 'scheduled'];
const BAD = [
  'rolledBack',
  'rollingBack',
  'needsAttention',
  'rejected',
  'terminated',
  'failed',
  'timedOut',
  'cancelled',
  'frozen',
];

export function phaseTone(phase: string): Tone {
  if (GOOD.includes(phase)) return 'good';
  if (BAD.includes(phase)) return 'bad';
  return WAITING.includes(phase) ? 'warn' : 'live';
}

const WORDS: Readonly<Record<string, string>> = {
  rolledBack: 'rolled back',
  rollingBack: 'rolling back',
  needsAttention: 'needs attention',
  awaitingApproval: 'waits for approval',
  awaitingHook: 'waits for a hook',
  longWatch: 'long watch',
  timedOut: 'timed out',
};

/** As people say it; the field of the same name in JSON has the other. */
export function phaseWord(phase: string): string {
  return WORDS[phase] ?? phase;
}

export function phaseMark(phase: string, paused: boolean): Markup {
  return mark(paused ? 'warn' : phaseTone(phase), paused ? `${phaseWord(phase)}, paused` : phaseWord(phase));
}
