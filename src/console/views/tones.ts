/** How good or bad a word is: by its colour, and by a sign for whoever sees none. */
import { html } from 'hono/html';
import { phaseWord } from '../../domain/rollout/phase-word.ts';
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

export function phaseMark(phase: string, paused: boolean): Markup {
  return mark(paused ? 'warn' : toneOf(phase), paused ? `${phaseWord(phase)}, paused` : phaseWord(phase));
}
