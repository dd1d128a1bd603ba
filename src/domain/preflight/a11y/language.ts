import { show } from '../../plan/problem.ts';
import { attributeOf } from '../html.ts';
import type { CardCheck } from './card-check.ts';
import { ruleProblem } from './rules.ts';

/** A card that is a whole page says its language; whoever says one says it in a form that browsers know (BCP 47). */
export const language: CardCheck = (card) =>
  card.elements.flatMap((element) => {
    const lang = attributeOf(element, 'lang');
    if (lang !== undefined)
      return TAG.test(lang.value.trim())
        ? []
        : [ruleProblem(lang.at, element.tag === 'html' ? 'html-lang-valid' : 'valid-lang', unreadable(lang.value))];
    return element.tag === 'html' ? [ruleProblem(element.at, 'html-has-lang', MISSING, 'warning')] : [];
  });

/** Language, script, region, variants, extensions: https://www.rfc-editor.org/rfc/rfc5646#section-2.1 */
const TAG =
  /^([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})(-[a-z]{4})?(-([a-z]{2}|\d{3}))?(-([a-z0-9]{5,8}|\d[a-z0-9]{3}))*(-[a-z0-9](-[a-z0-9]{2,8})+)*$/i;

const MISSING = {
  message: 'The page does not say its language, so a screen reader guesses how to speak it.',
  remedy: 'Write <html lang="en"> with its language.',
} as const;

function unreadable(value: string) {
  return {
    message: `${show(value)} is no language tag.`,
    remedy: 'Write one such as en, en-GB or pt-BR.',
  };
}
