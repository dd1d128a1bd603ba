/** Changes operators.yaml as a person would: comments stay, and a change that would spoil it is not made. */
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { isMap, isSeq, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { Role } from '../domain/identity/actor.ts';
import { withLock } from '../locks/lock-file.cjs';
import { parseOperators } from '../domain/identity/operators-schema.ts';
import { readBounded, whyUnread } from '../files/read-bounded.ts';
import { readYamlText, yamlFaultText } from '../files/yaml.ts';
import { MAX_OPERATORS_BYTES } from './operators-file.ts';
import { IdentityError } from './errors.ts';

const HEADER = ' Who may act on rollouts. Read anew at every act: docs/people.md\n';

export interface NewOperator {
  readonly name: string;
  readonly key: string;
  readonly roles: readonly Role[];
  readonly groups: readonly string[];
}

/** The file is made when there is none. Throws where the name or the key is taken. */
export function addOperator(file: string, { name, key, roles, groups }: NewOperator): Promise<void> {
  return change(file, (document) => {
    const list = document.get('operators') ?? null;
    if (list === null) document.set('operators', document.createNode([]));
    else if (!isSeq(list)) throw refused(file, 'its operators are no list ("- " items).');
    document.addIn(['operators'], {
      name,
      key,
      ...(roles.length > 0 && { roles }),
      ...(groups.length > 0 && { groups }),
    });
  });
}

export function removeOperator(file: string, name: string): Promise<void> {
  return change(file, (document) => {
    const list = document.get('operators');
    const at = isSeq(list) ? list.items.findIndex((item) => isMap(item) && item.get('name') === name) : -1;
    if (at >= 0) return void document.deleteIn(['operators', at]);
    throw new IdentityError(
      'operator-unknown',
      `${file} has no operator ${JSON.stringify(name)}.`,
      '`assist-rollouts operator list` shows all. Nothing was changed.',
    );
  });
}

/** Written beside it and put in its place: a worker that reads it now sees the one or the other. */
function change(file: string, edit: (document: Document) => void): Promise<void> {
  return withLock(`${file}.lock`, () => changeAlone(file, edit));
}

async function changeAlone(file: string, edit: (document: Document) => void): Promise<void> {
  const before = await readBounded(file, { maxBytes: MAX_OPERATORS_BYTES }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw refused(file, `it cannot be read: ${whyUnread(error)}.`);
  });
  const document = documentOf(file, before ?? '');
  if (before === null) document.commentBefore = HEADER.trimEnd();
  edit(document);
  const parsed = parseOperators(document.toJS());
  if (!parsed.ok) throw refused(file, parsed.problems.map(({ message }) => message).join(' '));
  const fresh = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    const mode = before === null ? 0o644 : (await stat(file)).mode & 0o777;
    await writeFile(fresh, document.toString({ lineWidth: 120 }), { mode, flag: 'wx' });
    // Whoever changed it meanwhile would be undone.
    const now = before === null ? null : await readBounded(file, { maxBytes: MAX_OPERATORS_BYTES });
    if (now !== before) throw refused(file, 'somebody else has changed it in this moment.');
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}

/** One that is empty, or all comment, is begun anew. */
function documentOf(file: string, text: string): Document {
  const read = readYamlText(text);
  if (!('fault' in read)) {
    if (isMap(read.document.contents)) return read.document;
    throw refused(file, 'it holds no set of fields; expected operators, groups and divisions.');
  }
  if (read.fault.kind !== 'empty') throw refused(file, yamlFaultText(read.fault));
  const document: Document = parseDocument(text);
  document.contents = document.createNode({});
  return document;
}

function refused(file: string, why: string): IdentityError {
  return new IdentityError('operators-invalid', `${file} was not changed: ${why}`, 'Mend it, and try again.');
}
