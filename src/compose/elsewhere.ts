/** Other organisations that waves may have members in, where the environment names a list of them. */
import type { Env } from '../config/secrets.ts';
import { createElsewhere } from '../configurator/elsewhere.ts';
import type { OpenElsewhere } from '../configurator/elsewhere.ts';
import { loadOrganisations } from '../lint/organisations-file.ts';

/**
 * Null without ORGANISATIONS_FILE. Throws for a file that cannot be used; later it is read whenever it is needed. `now`: by
 * which acts are signed.
 */
export async function elsewhereOf(env: Env, now: () => number): Promise<OpenElsewhere | null> {
  const file = env['ORGANISATIONS_FILE'];
  if (file === undefined || file === '') return null;
  await loadOrganisations(file);
  return createElsewhere(file, now);
}
