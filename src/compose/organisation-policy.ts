import type { OrganisationPolicy } from '../domain/minimums/policy.ts';
import { loadOrganisationPolicy } from '../lint/organisation-policy.ts';
import type { Env } from '../config/secrets.ts';

/**
 * What the organisation asks of every plan, where the environment names its file. Read once: a worker keeps it until it
 * is started anew.
 */
export async function organisationPolicy(env: Env): Promise<OrganisationPolicy | null> {
  const file = env['ORGANISATION_POLICY'];
  return file === undefined || file === '' ? null : loadOrganisationPolicy(file);
}
