import type { Migration } from '../migrate.ts';

/** Whether what was given is a card of its arm: a text that came late, or in doubt, is one of neither. */
export const countedAnswers: Migration = {
  id: 22,
  name: 'counted-answers',
  besides: 21,
  statements: ['alter table copilot_answers add column counted boolean not null default true'],
};
