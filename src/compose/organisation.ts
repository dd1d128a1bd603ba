/** The organisation that the environment names. */
import { readConfig } from '../config.ts';
import type { Env } from '../config/secrets.ts';
import { openOrganisation } from '../configurator/genesys.ts';
import type { Organisation } from '../configurator/genesys.ts';

/** Work on it; it is closed when that is done. Throws a ConfigError with what the environment lacks. */
export async function withOrganisation<T>(
  { env, now }: { readonly env: Env; readonly now: () => number },
  work: (organisation: Organisation, publicUrl: string | null) => Promise<T>,
): Promise<T> {
  const { genesys, events } = readConfig(env, ['genesys']);
  const organisation = openOrganisation(genesys, { now });
  try {
    return await work(organisation, events.publicUrl);
  } finally {
    organisation.close();
  }
}
