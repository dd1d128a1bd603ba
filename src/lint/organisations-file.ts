/** The organisations that members of waves may be in, from their file, each with what its own files hold. */
import { dirname, resolve } from 'node:path';
import type { OrganisationEntry } from '../domain/waves/organisations.ts';
import { parseOrganisations } from '../domain/waves/organisations.ts';
import { faultyOrganisationFile, openOrganisationFile, readOrganisationText } from './organisation-file.ts';

const KIND = {
  name: 'organisations',
  title: 'The list of organisations',
  page: 'docs/waves.md',
  unreadable: 'Check that it is a file and that you may read it.',
} as const;

export type ListedOrganisations = Readonly<Record<string, OrganisationEntry>>;

/** Throws with all problems if anything in the file is wrong. */
export async function loadOrganisations(file: string): Promise<ListedOrganisations> {
  const source = await openOrganisationFile(KIND, file);
  const parsed = parseOrganisations(source.value);
  if (parsed.ok) return parsed.organisations;
  throw faultyOrganisationFile(KIND, source, parsed.problems);
}

/** What a file that the list names holds, as seen from the list's folder. */
export function readBesideOrganisations(list: string, file: string): Promise<string> {
  return readOrganisationText(KIND, list, { at: resolve(dirname(list), file) });
}
