/** The organisation's policy, from its file. */
import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import { parseOrganisationPolicy } from '../domain/minimums/schema.ts';
import { faultyOrganisationFile, openOrganisationFile } from './organisation-file.ts';

const KIND = {
  name: 'policy',
  page: 'docs/organisation-policy.md',
  unreadable: 'Check that it is a file and that you may read it.',
} as const;

/** A policy that cannot be read holds no plan to anything. Throws with all problems if anything in the file is wrong. */
export async function loadOrganisationPolicy(file: string): Promise<OrganisationPolicy> {
  const source = await openOrganisationFile(KIND, file);
  const parsed = parseOrganisationPolicy(source.value);
  if (parsed.ok) return parsed.policy;
  throw faultyOrganisationFile(KIND, source, parsed.problems);
}
