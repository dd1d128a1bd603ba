/** `/api/v2/integrations` */
import { Hono } from 'hono';
import { noSuchResource } from '../api-error.ts';
import { listingOf, pageOf } from '../documents.ts';
import { requireRight } from '../guard.ts';
import type { SandboxEnv } from '../http-context.ts';
import { jsonBody } from '../json-body.ts';
import type { SandboxOrganisation } from '../organisation.ts';
import { listed } from '../query.ts';
import type { Integration, Integrations, ReportedState } from './integrations.ts';
import { findIntegrationType, integrationTypes } from './types.ts';
import type { IntegrationType } from './types.ts';

const BASE = '/api/v2/integrations';
const TYPES = `${BASE}/types`;

const EFFECTIVE: Readonly<Record<ReportedState, string>> = {
  ACTIVE: 'Active',
  ACTIVATING: 'Activating',
  INACTIVE: 'Inactive',
  DEACTIVATING: 'Deactivating',
};

export function integrationRoutes({ integrations, settings }: SandboxOrganisation): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  const view = requireRight('integrations:readonly', 'integrations:integration:view');
  const edit = requireRight('integrations', 'integrations:integration:edit');
  const show = (integration: Integration, expand: readonly string[] = []): object =>
    presentIntegration(integrations, integration, expand);
  app.route('/types', typeRoutes(settings.integrations.maxOfAType));
  app.get('/', view, (c) => {
    const { integrationType, reportedState } = c.req.query();
    const ids = listed(c, 'ids');
    const found = integrations
      .all()
      .filter(({ typeId }) => integrationType === undefined || typeId === integrationType)
      .filter(({ id }) => ids.length === 0 || ids.includes(id))
      .filter((one) => reportedState?.toUpperCase() === integrations.reportedState(one) || reportedState === undefined)
      .map((one) => show(one, listed(c, 'expand')));
    const asked = Object.entries({ integrationType, reportedState }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return c.json(listingOf(BASE, found, pageOf(c.req.query()), asked));
  });
  app.post('/', requireRight('integrations', 'integrations:integration:add'), async (c) =>
    c.json(show(integrations.create(await jsonBody(c)))),
  );
  app.get('/:id', view, (c) => c.json(show(integrations.get(c.req.param('id')), listed(c, 'expand'))));
  app.patch('/:id', edit, async (c) => c.json(show(integrations.switch(c.req.param('id'), await jsonBody(c)))));
  app.delete('/:id', requireRight('integrations', 'integrations:integration:delete'), (c) =>
    c.json(show(integrations.remove(c.req.param('id')))),
  );
  app.get('/:id/config/current', view, (c) => c.json(presentConfig(integrations.get(c.req.param('id')))));
  app.put('/:id/config/current', edit, async (c) =>
    c.json(presentConfig(integrations.configure(c.req.param('id'), await jsonBody(c)))),
  );
  return app;
}

function typeRoutes(maxInstances: number): Hono<SandboxEnv> {
  const app = new Hono<SandboxEnv>();
  app.use(requireRight('integrations:readonly', 'integrations:integration:view'));
  const show = ({ id, name, description }: IntegrationType): object => ({
    id,
    name,
    description,
    provider: 'clientapps',
    category: 'Client Apps',
    configPropertiesSchemaUri: `${TYPES}/${id}/configschemas/properties`,
    configAdvancedSchemaUri: `${TYPES}/${id}/configschemas/advanced`,
    nonInstallable: false,
    maxInstances,
    selfUri: `${TYPES}/${id}`,
  });
  app.get('/', (c) => c.json(listingOf(TYPES, integrationTypes().map(show), pageOf(c.req.query()), [])));
  app.get('/:type', (c) => c.json(show(findIntegrationType(c.req.param('type')))));
  app.get('/:type/configschemas/:schema', (c) => {
    const { id, name, properties } = findIntegrationType(c.req.param('type'));
    const schema = c.req.param('schema');
    if (schema !== 'properties' && schema !== 'advanced') throw noSuchResource();
    return c.json({
      id: `${id}-${schema}`,
      $schema: 'http://json-schema.org/draft-04/schema#',
      title: `${name}: ${schema}`,
      type: 'object',
      properties: schema === 'properties' ? properties : {},
    });
  });
  return app;
}

/** The configuration is in it only where it is asked for. */
function presentIntegration(integrations: Integrations, one: Integration, expand: readonly string[]): object {
  const { id, typeId, intendedState, switchedAt, config } = one;
  const code = integrations.reportedState(one);
  return {
    id,
    name: config.name,
    integrationType: { id: typeId, name: findIntegrationType(typeId).name, selfUri: `${TYPES}/${typeId}` },
    ...(config.notes !== '' && { notes: config.notes }),
    intendedState,
    reportedState: { code, effective: EFFECTIVE[code], lastUpdated: new Date(switchedAt).toISOString() },
    ...(expand.includes('config.current') && { config: { current: presentConfig(one) } }),
    attributes: {},
    selfUri: `${BASE}/${id}`,
  };
}

function presentConfig({ id, config }: Integration): object {
  return { id, ...config, selfUri: `${BASE}/${id}/config/current` };
}
