/** One card of the corpus: an attack, or one that a contact centre would show. */
export interface CorpusCard {
  /** `inline-script/7`: stable as long as the family only grows at its end. */
  readonly name: string;
  readonly family: string;
  /** Number of the card in the whole corpus; part of its hosts and marks, so that every effect tells whose it is. */
  readonly id: number;
  readonly html: string;
}

/**
 * Html in which EVIL stands for a host off the allowlist and MARK for an expression that leaves a mark when it runs.
 */
export type Template = string;

export interface Family {
  readonly family: string;
  readonly cards: readonly Template[];
}

export function numbered(families: readonly Family[], first: number): CorpusCard[] {
  let id = first;
  return families.flatMap(({ family, cards }) =>
    [...new Set(cards)].map((template, index) => {
      const html = template.replaceAll('EVIL', `c${id}.evil.example`).replaceAll('MARK', `top.mark(${id})`);
      return { name: `${family}/${index}`, family, id: id++, html };
    }),
  );
}

/** Every one of the first with every one of the second. */
export function cross<A, B>(first: readonly A[], second: readonly B[], make: (a: A, b: B) => Template): Template[] {
  return first.flatMap((a) => second.map((b) => make(a, b)));
}
