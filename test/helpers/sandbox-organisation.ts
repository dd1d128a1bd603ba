/** The organisation that a sandbox is, as a worker opens it. */
import { openOrganisation } from '../../src/configurator/genesys.ts';
import { DEFAULT_CLIENT } from '../../src/sandbox/options.ts';

export function openSandboxOrganisation(url: string): ReturnType<typeof openOrganisation> {
  const { id: clientId, secret: clientSecret } = DEFAULT_CLIENT;
  return openOrganisation(
    { clientId, clientSecret, loginUrl: url, apiUrl: url, callsPerMinute: 3000 },
    { now: Date.now },
  );
}
