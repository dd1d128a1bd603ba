/** An interaction widget, set up as an administrator does it. */
import type { Client } from './helpers.ts';

const HOOKS = { bootstrap: true, focus: true, blur: true, stop: true };

/** It is on when this resolves, where the sandbox takes no time to switch. Resolves to its id. */
export async function givenWidget(client: Client, properties: object): Promise<string> {
  const integrationType = { id: 'embedded-client-app-interaction-widget' };
  const { body } = await client.call('POST', '/api/v2/integrations', { name: 'App', integrationType });
  const id = String(body['id']);
  await configureWidget(client, id, properties);
  await client.call('PATCH', `/api/v2/integrations/${id}`, { intendedState: 'ENABLED' });
  return id;
}

export async function configureWidget(client: Client, id: string, properties: object): Promise<void> {
  const path = `/api/v2/integrations/${id}/config/current`;
  const { body: current } = await client.call('GET', path);
  const common = { sandbox: 'allow-scripts,allow-same-origin,allow-forms', permissions: 'clipboard-write,microphone' };
  const { status } = await client.call('PUT', path, {
    ...current,
    properties: { ...common, groups: [], queueIdFilterList: [], communicationTypeFilter: '', ...properties },
    advanced: { lifecycle: { ephemeral: false, hooks: HOOKS } },
  });
  if (status !== 200) throw new Error(`The widget could not be configured: ${status}.`);
}
