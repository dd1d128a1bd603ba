import type { Program } from 'acorn';
import { parse } from 'acorn';

export type CodeKind = 'script' | 'module' | 'attribute';

/** Code as a tree, or what the parser has against it. */
export type ParsedCode = { readonly program: Program } | { readonly error: unknown };

/** For all code of one card: several checks ask, and many elements carry the same handler. */
export class CodeParser {
  private readonly known = new Map<string, ParsedCode>();

  read(text: string, kind: CodeKind): ParsedCode {
    const key = `${kind} ${text}`;
    const parsed = this.known.get(key) ?? parseCode(text, kind);
    this.known.set(key, parsed);
    return parsed;
  }
}

function parseCode(text: string, kind: CodeKind): ParsedCode {
  try {
    return { program: programOf(text, kind) };
  } catch (error) {
    return kind === 'module' && ASSERTION.test(text) ? parseAssertions(text, error) : { error };
  }
}

function programOf(text: string, kind: CodeKind): Program {
  return parse(text, {
    ecmaVersion: 'latest',
    sourceType: kind === 'module' ? 'module' : 'script',
    allowReturnOutsideFunction: kind === 'attribute',
  });
}

/**
 * Declarations that say `assert` where the language says `with` by now: some browsers knew the one, others know the
 * other.
 */
export const ASSERTING = new WeakSet<object>();
const ASSERTION = /(["']\s*)assert(?=\s*\{)/;

/** The same code with the word of today, of the same length; where it is no code even so, the first error stands. */
function parseAssertions(text: string, error: unknown): ParsedCode {
  try {
    const program = programOf(text.replaceAll(new RegExp(ASSERTION, 'g'), '$1with  '), 'module');
    for (const node of program.body) {
      if (!('source' in node) || node.source == null || node.attributes.length === 0) continue;
      if (/^\s*assert/.test(text.slice(node.source.end, node.source.end + 200))) ASSERTING.add(node);
    }
    return { program };
  } catch {
    return { error };
  }
}
