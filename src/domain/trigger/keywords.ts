import type { Problem, Trigger } from '../plan/plan.ts';
import { problemAt } from '../plan/problem.ts';
import { wordsOf } from './fold.ts';

/** Keywords that can never fire, or that say what another one says already. */
export function keywordProblems(trigger: Trigger): Problem[] {
  const seen = new Map<string, string>();
  return trigger.keywords.flatMap((keyword, index) => {
    const path = `action.trigger.keywords.${index}`;
    const phrase = wordsOf(keyword, trigger.stemming).join(' ');
    if (phrase === '') return [blank(path, keyword)];
    const earlier = seen.get(phrase);
    if (earlier !== undefined) return [duplicate(path, keyword, earlier)];
    seen.set(phrase, keyword);
    return [];
  });
}

function blank(path: string, keyword: string): Problem {
  return problemAt(path, {
    code: 'trigger-keyword-blank',
    message: `The keyword "${keyword}" holds no letter or digit, so no transcript can match it.`,
    remedy: 'Write a word or phrase, or remove it.',
  });
}

function duplicate(path: string, keyword: string, earlier: string): Problem {
  return problemAt(path, {
    code: 'trigger-keyword-duplicate',
    message: `The keyword "${keyword}" matches exactly what "${earlier}" matches; case and accents do not count.`,
    remedy: 'Remove one of the two.',
  }, { severity: 'warning' });
}
