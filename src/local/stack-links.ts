/** Where the parts of a stack are, for people and for the processes beside it. */
import type { Stack } from './stack.ts';

/** By which variables another process would find the same. */
export function variablesOf({ temporal, genesys, eventsUrl, panelUrl }: Stack): Readonly<Record<string, string>> {
  return {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    GENESYS_CLIENT_ID: genesys.clientId,
    GENESYS_CLIENT_SECRET: genesys.clientSecret,
    GENESYS_LOGIN_URL: genesys.loginUrl,
    GENESYS_API_URL: genesys.apiUrl,
    EVENTS_PUBLIC_URL: eventsUrl,
    PANEL_PUBLIC_URL: panelUrl,
  };
}

/** Where the parts are reached, for machines. */
export function linksOf({ temporal, sandboxUrl, eventsUrl, panelUrl }: Stack): object {
  const { address, namespace, uiUrl } = temporal;
  return { temporal: address, namespace, ui: uiUrl, sandbox: sandboxUrl, events: eventsUrl, panel: panelUrl };
}
