/** Every element that Chromium's parser makes of a document must be among those that preflight looks at. */
import { documentOf } from '../../bench/preflight/documents.ts';
import { readCard } from '../../src/domain/preflight/read-card.ts';
import { findChromium, withChromium, withoutChromium } from './chromium.ts';
import { ATTACKS } from './corpus/attacks.ts';
import { HARMLESS } from './corpus/harmless.ts';
import { openHost, openProxy, pageOf } from './host.ts';

const GENERATED = 2_000;
const executable = findChromium();

test('preflight looks at every element that Chromium sees, in the corpus and in generated html', async () => {
  if (executable === undefined) return withoutChromium('its parser was not compared');
  const generated = Array.from({ length: GENERATED }, (_, seed) => documentOf(seed)).filter(
    (html) => html.length < 4_000,
  );
  const documents = [...ATTACKS, ...HARMLESS].map(({ html }) => html).concat(generated);
  const parsed = await parsedByChromium(executable, documents);
  const unseen = documents.flatMap((html, index) => unseenIn(html, parsed[index] ?? []));
  expect(parsed).toHaveLength(documents.length);
  expect(unseen).toEqual([]);
});

/** A page has them whether or not somebody wrote them. */
const IMPLIED: ReadonlySet<string> = new Set(['html', 'head', 'body']);

type ParsedElement = readonly [tag: string, ...attributes: string[]];

async function parsedByChromium(
  browser: string,
  documents: readonly string[],
): Promise<readonly (readonly ParsedElement[])[]> {
  const host = await openHost(([name]) => {
    if (name === 'run')
      return {
        ...pageOf('', '<script src="/parse.js" defer></script>'),
        headers: { 'content-security-policy': "default-src 'none'; script-src 'self'; connect-src 'self'" },
      };
    return name === 'documents' ? { type: 'application/json', body: JSON.stringify(documents) } : undefined;
  });
  const proxy = await openProxy(() => {});
  try {
    return (await withChromium(
      browser,
      `${host.url}/run`,
      proxy.url,
      host.done,
    )) as readonly (readonly ParsedElement[])[];
  } finally {
    await host.close();
    await proxy.close();
  }
}

/** A card that is refused for how it reads needs no further look. */
function unseenIn(html: string, elements: readonly ParsedElement[]): string[] {
  const { elements: read, mutation, unfinished, tooComplex } = readCard(html);
  if (tooComplex !== null || mutation !== null || unfinished !== null) return [];
  const known = new Set(
    read.map(({ tag, attributes }) =>
      withoutPrefixes([tag, ...attributes.flatMap(({ name, value }) => [name, value])]),
    ),
  );
  return elements
    .filter(([tag, ...attributes]) => attributes.length > 0 || !IMPLIED.has(tag))
    .map(withoutPrefixes)
    .filter((element) => !known.has(element))
    .map((element) => `${element} of ${JSON.stringify(html.slice(0, 300))}`);
}

/** Names of attributes stand at the odd places. */
function withoutPrefixes([tag, ...attributes]: ParsedElement): string {
  return JSON.stringify([
    tag,
    ...attributes.map((text, index) => (index % 2 === 0 ? text.slice(text.indexOf(':') + 1) : text)),
  ]);
}
