import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { elementKind } from '../../../src/domain/preflight/known-elements.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/preflight/settings.ts';
import { ROOT } from '../../helpers/sources.ts';
import { faults } from './card.ts';

/** Not through Jest's module registry, which would transform 20 MB. */
const bcd = JSON.parse(readFileSync(join(ROOT, 'node_modules/@mdn/browser-compat-data/data.json'), 'utf8')) as Record<
  'html' | 'svg' | 'mathml',
  { readonly elements: Readonly<Record<string, unknown>> }
>;

test.each(['html', 'svg', 'mathml'] as const)(
  'of each element of %s that MDN knows it is decided what it may',
  (namespace) => {
    const names = Object.keys(bcd[namespace].elements).filter((name) => /^[a-z][a-z0-9-]*$/i.test(name));
    expect(names.filter((name) => elementKind({ tag: name.toLowerCase(), namespace }) === 'unknown')).toEqual([]);
  },
);

test.each<[string, string[]]>([
  ['<geolocation></geolocation>', ['csp-object 1:1']],
  ['<model environmentmap="//evil.example/a"></model>', ['csp-object 1:1', 'csp-source 1:8']],
  ['<portal src="/a"></portal>', ['csp-iframe 1:1']],
  ['<x-map src="//evil.example/a"></x-map>', ['csp-source 1:8']],
])('%s is refused by name', (html, expected) =>
  expect(faults(html).filter((fault) => !fault.startsWith('compat-'))).toEqual(expected),
);

describe('an attribute that nobody knows', () => {
  test.each([
    '<p newsrc="https://evil.example/a">a</p>',
    '<p newsrc="/a https://evil.example/a">a</p>',
    '<p newsrc="/a,\\\\evil.example/a">a</p>',
    '<svg><g newref="data:image/svg+xml,a"/></svg>',
    '<svg xml:base="https://evil.example/"><use href="#a"/></svg>',
    '<x-card x:src="//evil.example/a"></x-card>',
  ])('is held to default-src where it leads elsewhere: %s', (html) => {
    expect(
      faults(html)
        .map((fault) => fault.split(' ')[0])
        .filter((code) => code !== 'compat-html'),
    ).toEqual(['csp-source']);
  });

  test.each([
    '<p newsrc="/a">a</p>',
    '<p data-src="https://evil.example/a">a</p>',
    '<p title="https://evil.example/a" aria-label="//a">a</p>',
    '<p online>a</p>',
    '<p onclick="">a</p>',
    '<div itemscope itemtype="https://schema.org/Thing">a</div>',
    '<svg><metadata><rdf:RDF><cc:Work rdf:about=""><dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/>' +
      '</cc:Work></rdf:RDF></metadata><g inkscape:export-filename="C:\\a.png" xlink:role="https://a.example/"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"></svg>',
  ])('%s is no load', (html) => {
    expect(faults(html).filter((fault) => fault.startsWith('csp-'))).toEqual([]);
  });
});

test('a scheme that the policy names is a link like any other', () => {
  const policy = { ...DEFAULT_SETTINGS.policy, 'frame-src': ['crm:'] };
  expect(faults('<a href="crm:case/1">a</a>')).toEqual(['csp-source 1:4']);
  expect(faults('<a href="CRM:case/1">a</a>', { ...DEFAULT_SETTINGS, policy })).toEqual([]);
  expect(faults('<a href="ms-msdt:/id">a</a>', { ...DEFAULT_SETTINGS, policy })).toEqual(['csp-source 1:4']);
});

test.each([
  ['<a href="ms-word:ofe|u|https://a.example/a.docx">a</a>', ['csp-source 1:4']],
  ['<a href="search-ms:query=a">a</a>', ['csp-source 1:4']],
  ['<form action="ms-msdt:/id"><button>a</button></form>', ['csp-source 1:7']],
  ['<a href="mailto:a@example.com">a</a><a href="tel:+1">b</a><a href="sip:a@example.com">c</a>', []],
])('a link whose scheme nobody knows may start a program: %s', (html, expected) =>
  expect(faults(html)).toEqual(expected),
);
