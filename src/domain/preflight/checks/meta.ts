import type { Fault } from '../../plan/problem.ts';
import { show } from '../../plan/problem.ts';
import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';
import { words } from '../words.ts';

/** What is wrong with a `<meta>`: all it sets for the page around the card, but for what a page is told anyway. */
export function metaFault(element: HtmlElement): Fault | undefined {
  const header = valueOf(element, 'http-equiv');
  const name = valueOf(element, 'name');
  if (header === 'refresh') return REFRESH;
  if (header !== '' && !IDLE_HEADERS.has(header)) return setting(header, 'speaks for the server that sends the page');
  const effect = EFFECTS.get(name);
  return effect === undefined ? undefined : setting(name, effect);
}

function valueOf(element: HtmlElement, attribute: string): string {
  return attributeOf(element, attribute)?.value.trim().toLowerCase() ?? '';
}

const REFRESH: Fault = {
  code: 'csp-meta-refresh',
  message: 'The card reloads or leaves itself with <meta http-equiv="refresh">.',
  remedy: 'Remove it, and link to the other page if agents need it.',
};

function setting(kind: string, effect: string): Fault {
  return {
    code: 'csp-meta',
    message: `The card sets ${show(kind)} with <meta>, which ${effect}.`,
    remedy: 'Remove it: such things are for the page that shows the card.',
  };
}

const IDLE_HEADERS = words(`
  content-type content-language content-style-type content-script-type x-ua-compatible cache-control pragma expires
  imagetoolbar cleartype`);

/** Most names only say something. */
const EFFECTS: ReadonlyMap<string, string> = new Map([
  ['referrer', 'decides what other hosts learn of the page around the card'],
  ['monetization', 'pays others'],
]);
