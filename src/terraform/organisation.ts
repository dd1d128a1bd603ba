/**
 * What an organisation needs for rollouts, for Terraform's official provider. Resources and attributes are those that
 * mypurecloud/genesyscloud 1.84.1 documents: genesyscloud_auth_role, genesyscloud_oauth_client, genesyscloud_integration.
 */
import { Encoded, Reference, hclOf } from './hcl.ts';
import type { Block, Value } from './hcl.ts';

export interface Wanted {
  /** `domain:entity:action`. */
  readonly permissions: readonly string[];
  /** Null: no panel. */
  readonly panel: {
    readonly url: string;
    readonly integration: {
      readonly type: string;
      readonly name: string;
      readonly properties: Readonly<Record<string, unknown>>;
      readonly advanced: Readonly<Record<string, unknown>>;
    };
  } | null;
}

export function terraformOf({ permissions, panel }: Wanted): string {
  return hclOf([PROVIDER, roleOf(permissions), ENGINE, ...(panel === null ? [] : panelBlocks(panel))]);
}

const PROVIDER: Block = {
  head: ['terraform'],
  blocks: [
    {
      head: ['required_providers'],
      attributes: { genesyscloud: { source: 'mypurecloud/genesyscloud', version: '>= 1.84.1' } },
    },
  ],
};

function roleOf(permissions: readonly string[]): Block {
  const actions = new Map<string, string[]>();
  for (const permission of [...new Set(permissions)].sort()) {
    const [domain = '', entity = '', action = ''] = permission.split(':');
    const key = `${domain}:${entity}`;
    actions.set(key, [...(actions.get(key) ?? []), action]);
  }
  return {
    head: ['resource', 'genesyscloud_auth_role', 'assist_rollouts'],
    attributes: { name: 'Assist Rollouts', description: 'What rollouts of Agent Assist cards need' },
    blocks: [...actions].map(([key, action_set]) => {
      const [domain = '', entity_name = ''] = key.split(':');
      return { head: ['permission_policies'], attributes: { domain, entity_name, action_set } };
    }),
  };
}

const ENGINE: Block = {
  head: ['resource', 'genesyscloud_oauth_client', 'assist_rollouts'],
  comment: [
    'Its id is GENESYS_CLIENT_ID. Its secret is not written to the state: take it from the organisation.',
    'Whoever runs Terraform must have this role too. "*" is all divisions; name that of the queues to narrow it.',
  ],
  attributes: {
    name: 'Assist Rollouts',
    description: 'The engine of Assist Rollouts',
    authorized_grant_type: 'CLIENT-CREDENTIALS',
  },
  blocks: [
    {
      head: ['roles'],
      attributes: { role_id: new Reference('genesyscloud_auth_role.assist_rollouts.id'), division_id: '*' },
    },
  ],
};

function panelBlocks({ url, integration }: NonNullable<Wanted['panel']>): Block[] {
  const { type, name, properties, advanced } = integration;
  return [
    {
      head: ['resource', 'genesyscloud_oauth_client', 'assist_rollouts_panel'],
      comment: ['Its id is PANEL_OAUTH_CLIENT_ID: agents sign in with it (PKCE), and its secret is not used.'],
      attributes: {
        name: 'Assist Rollouts panel',
        description: 'Agents sign in to the panel of Assist Rollouts',
        authorized_grant_type: 'CODE',
        registered_redirect_uris: [`${url}/panel`],
        scopes: ['user-basic-info', 'conversations:readonly'],
      },
    },
    {
      head: ['resource', 'genesyscloud_integration', 'assist_rollouts'],
      comment: [
        'The engine adds queues and puts right what others change in it: Terraform leaves its configuration be.',
      ],
      attributes: { integration_type: type, intended_state: 'ENABLED' },
      blocks: [
        {
          head: ['config'],
          attributes: {
            name,
            properties: new Encoded(properties as Value & object),
            advanced: new Encoded(advanced as Value & object),
          },
        },
        { head: ['lifecycle'], attributes: { ignore_changes: [new Reference('config')] } },
      ],
    },
  ];
}
