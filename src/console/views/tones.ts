/** How good or bad a word is: by its colour, and by a sign for whoever sees none. */
import { html } from 'hono/html';
import { phaseTone } from '../../domain/rollout/tone.ts';
import type { Markup } from './markup.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'live';

const SIGNS: Readonly<Record<Tone, string>> = { good: '✔', bad: '✖', warn: '▲', dim: '·', live: '▶' };

export function mark(tone: Tone, word: string): Markup {
  return html`<span class="mark ${tone}"><span aria-hidden="true">${SIGNS[tone]}</span> ${word}</span>`;
}

export function toneOf(phase: string): Tone {
  return phaseTone(phase) ?? (phase === 'paused' || phase === 'scheduled' ? 'warn' : 'live');
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
  return mark(paused ? 'warn' : toneOf(phase), paused ? `${phaseWord(phase)}, paused` : phaseWord(phase));
}
