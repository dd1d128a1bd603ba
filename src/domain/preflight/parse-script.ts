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
    return { program: parse(text, { ecmaVersion: 'latest', sourceType: kind === 'module' ? 'module' : 'script', allowReturnOutsideFunction: kind === 'attribute' }) };
  } catch (error) {
    return { error };
  }
}
