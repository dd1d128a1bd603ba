/** Which calls are in the audit log: every one that wrote something of these kinds. */
import type { MiddlewareHandler } from 'hono';
import type { SandboxContext, SandboxEnv } from './http-context.ts';
import type { SandboxOrganisation } from './organisation.ts';

interface Kind {
  readonly serviceName: string;
  readonly entityType: string;
}

/** Service and entity types as the audit topic of the official SDKs names them. */
export const INTEGRATION: Kind = { serviceName: 'Integrations', entityType: 'Integration' };
export const ASSISTANT: Kind = { serviceName: 'Assistants', entityType: 'Assistant' };
export const ASSISTANT_QUEUE: Kind = { serviceName: 'Assistants', entityType: 'AssistantQueue' };
export const QUEUE: Kind = { serviceName: 'ContactCenter', entityType: 'Queue' };

/** The first group of the path is the id; without one the answer tells it. */
const WRITES: readonly (Kind & { readonly path: RegExp })[] = [
  { ...INTEGRATION, path: /^\/integrations(?:\/([^/]+)(?:\/config\/current)?)?$/ },
  { ...ASSISTANT, path: /^\/assistants(?:\/([^/]+)(?:\/copilot)?)?$/ },
  { ...ASSISTANT_QUEUE, path: /^\/assistants\/[^/]+\/queues(?:\/([^/]+))?$/ },
  { ...QUEUE, path: /^\/routing\/queues(?:\/([^/]+))?$/ },
];

export function auditWrites({ audits }: SandboxOrganisation): MiddlewareHandler<SandboxEnv> {
  return async (c, next) => {
    await next();
    if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method) || c.res.status >= 300) return;
    const path = c.req.path.replace(/^\/api\/v2/, '');
    for (const { path: pattern, serviceName, entityType } of WRITES) {
      const match = pattern.exec(path);
      if (match === null) continue;
      const { id: clientId, userId } = c.get('client');
      for (const entity of await entitiesOf(c, match[1]))
        audits.record({ serviceName, entityType, action: actionOf(c), entity, clientId, userId });
    }
  };
}

function actionOf(c: SandboxContext): string {
  if (c.req.method === 'DELETE') return 'Delete';
  return c.req.method === 'POST' || c.res.status === 201 ? 'Create' : 'Update';
}

interface Named {
  readonly id: string;
  readonly name?: string;
}

async function entitiesOf(c: SandboxContext, id: string | undefined): Promise<readonly Named[]> {
  const body = await answerOf(c);
  const name = body?.name === undefined ? {} : { name: body.name };
  if (id !== undefined) return [{ id, ...name }];
  if (body?.entities !== undefined) return body.entities.map((entity) => ({ id: entity.id }));
  const removed = (c.req.query('queueIds') ?? '').split(',').filter((one) => one !== '');
  return body?.id === undefined ? removed.map((one) => ({ id: one })) : [{ id: body.id, ...name }];
}

/** Our own answer: it is of the form in which we write it. */
async function answerOf(c: SandboxContext): Promise<(Partial<Named> & { entities?: readonly Named[] }) | undefined> {
  const text = await c.res.clone().text();
  return text === '' ? undefined : (JSON.parse(text) as Partial<Named>);
}
