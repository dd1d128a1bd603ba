import type { HtmlElement } from '../html.ts';
import { attributeOf } from '../html.ts';
import { words } from '../words.ts';

/**
 * How a browser treats a script element
 * (https://html.spec.whatwg.org/multipage/scripting.html#prepare-the-script-element).
 */
export type ScriptKind = 'script' | 'module' | 'rules' | 'data';

/**
 * `rules` are import maps, speculation rules and bundles: no code, but the policy governs them all the same. What is no
 * MIME type is, or may become, one of them.
 */
export function scriptKind(element: HtmlElement): ScriptKind {
  const type = attributeOf(element, 'type')?.value.trim().toLowerCase() ?? '';
  if (type === '' || JAVASCRIPT.has(type)) return 'script';
  if (type === 'module') return 'module';
  return type.includes('/') ? 'data' : 'rules';
}

/** Is this a script whose code stands in the html itself? Code beside a `src`, or in SVG a `href`, is never run. */
export function isInlineScript(element: HtmlElement): boolean {
  const isElsewhere = attributeOf(element, element.namespace === 'svg' ? 'href' : 'src') !== undefined;
  return element.tag === 'script' && !isElsewhere && element.text.trim() !== '' && scriptKind(element) !== 'data';
}

/** The JavaScript MIME types of the MIME Sniffing standard; anything else is a block of data. */
const JAVASCRIPT = words(`
  application/ecmascript application/javascript application/x-ecmascript application/x-javascript text/ecmascript
  text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 text/javascript1.4
  text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript`);
