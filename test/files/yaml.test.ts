/** YAML that people wrote: what keeps it from being read, in words for them, and nothing on stderr. */
import { readYamlText, yamlFaultText } from '../../src/files/yaml.ts';

const LAUGHS = [
  'a: &a [x, x]',
  ...'bcdefghij'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefghi'[at]}, `.repeat(9)}]`),
];

test.each<[what: string, text: string, kind: string, words: string]>([
  ['an empty file', '', 'empty', 'it is empty, or all comment.'],
  ['a comment', '# later', 'empty', 'it is empty'],
  [
    'two documents',
    'a: 1\n---\nb: 2\n',
    'syntax',
    'Line 2, column 1: it is not valid YAML: here begins a second document',
  ],
  ['a field twice', 'a: 1\na: 2\n', 'syntax', 'Line 2, column 1: it is not valid YAML: this field stands here twice.'],
  ['a list for a name', '? [a]\n: 1\n', 'syntax', 'the name of a field is a list'],
  ['a foreign tag', '!!js/function "x"', 'tag', 'js/function'],
  ['a thousand brackets', '['.repeat(5_000), 'syntax', 'it nests too deeply'],
  ['an alias in a circle', 'a: &a { b: *a }', 'alias', 'Line 1, column 12'],
  ['a billion laughs', LAUGHS.join('\n'), 'alias', 'unfold without end'],
])('%s is one clause with its place', (_what, text, kind, words) => {
  const emitted = jest.spyOn(process, 'emitWarning');
  const read = readYamlText(text);
  const fault = 'fault' in read ? read.fault : null;
  expect(fault?.kind).toBe(kind);
  expect(fault === null ? '' : yamlFaultText(fault)).toContain(words);
  expect(emitted).not.toHaveBeenCalled();
});

test('names of fields are texts, as they are written', () => {
  expect(readYamlText('1.10: a\ntrue: b\n')).toMatchObject({ value: { '1.10': 'a', true: 'b' } });
});
