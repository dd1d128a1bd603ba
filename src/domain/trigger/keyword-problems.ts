import type { Trigger } from '../plan/plan.ts';
import type { Problem } from '../plan/problem.ts';
import { problemAt } from '../plan/problem.ts';
import { foldText, isUnspaced, wordsOf } from './fold.ts';

/** Keywords that can never fire, that say what another one says already, or that miss the forms of their word. */
export function keywordProblems(trigger: Trigger): Problem[] {
  return [...wordProblems(trigger), ...formProblems(trigger)];
}

function wordProblems(trigger: Trigger): Problem[] {
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
  return problemAt(
    path,
    {
      code: 'trigger-keyword-duplicate',
      message: `The keyword "${keyword}" matches exactly what "${earlier}" matches; case and accents do not count.`,
      remedy: 'Remove one of the two.',
    },
    { severity: 'warning' },
  );
}

/**
 * Keywords of languages that attach particles or endings to a word, of which only the stems of English are known. By
 * its
 * letters: of a word in plain ones no language can be told.
 */
function formProblems({ keywords }: Trigger): Problem[] {
  const folded = keywords.map(foldText);
  const misses = keywords.flatMap((keyword, index) =>
    hasOtherLetters(keyword) && !isUnspaced(keyword) && !hasForms(index, folded) ? [index] : [],
  );
  const [first, ...more] = misses;
  if (first === undefined) return [];
  const are = more.length === 0 ? 'is' : `and ${more.length} more are`;
  return [
    problemAt(
      `action.trigger.keywords.${first}`,
      {
        code: 'trigger-keyword-forms',
        message:
          `"${keywords[first]}" ${are} found as whole words only: with a particle or an ending attached, the word ` +
          'is another one.',
        remedy: 'Add the forms that people say as keywords of their own; `triggers explain` tells what fires.',
      },
      { severity: 'warning' },
    ),
  ];
}

function hasOtherLetters(text: string): boolean {
  return /[^\P{L}a-z]/iu.test(text);
}

/** Somebody thought of it: another keyword is this one with something attached, or without it. */
function hasForms(index: number, folded: readonly string[]): boolean {
  const own = folded[index] ?? '';
  return folded.some((other, at) => at !== index && (other.startsWith(own) || own.startsWith(other)));
}
