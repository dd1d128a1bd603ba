/** What three typical changes touch is what docs/extending.md says, and no part of them can be forgotten. */
import { readFileSync } from 'node:fs';
import { CHANGES } from './changes.ts';
import type { Change } from './changes.ts';
import { Scratch } from './scratch.ts';

const sections = readFileSync('docs/extending.md', 'utf8').split(/^## /m);

/** Files of src/ that the section on the change lists. */
function documented({ name }: Change): readonly string[] {
  const section = sections.find((text) => text.toLowerCase().startsWith(`${name}\n`)) ?? '';
  return [...section.matchAll(/^\| `(src\/[^`]+)`/gm)].map(([, file = '']) => file);
}

/** One for all changes: the compiler keeps what it knows of the files that none of them touches. */
const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.each(CHANGES)('$name', (change) => {
  const files = change.edits.map(({ file }) => file);
  const ofItself = (file: string): boolean => change.ownFolder !== undefined && file.startsWith(change.ownFolder);

  test('touches the files that docs/extending.md lists', () => {
    const touched = files.map((file) => (ofItself(file) ? change.ownFolder : file));
    expect(new Set(touched)).toEqual(new Set(documented(change)));
  });

  test(`touches at most ${change.atMost}`, () => {
    expect(files.filter((file) => !ofItself(file)).length).toBeLessThanOrEqual(change.atMost);
  });

  test('is whole: the compiler is content with all of it, and with no part of it missing', () => {
    try {
      for (const edit of change.edits) scratch.make(edit);
      expect(scratch.named()).toEqual([]);
      for (const edit of change.edits.filter(({ file }) => file !== change.list)) {
        scratch.undo(edit);
        expect({ without: edit.file, named: scratch.named() }).not.toEqual({ without: edit.file, named: [] });
        scratch.make(edit);
      }
    } finally {
      for (const edit of change.edits) scratch.undo(edit);
    }
  }, 600_000);
});
