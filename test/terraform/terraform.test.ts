import { NEEDS } from '../../src/doctor/organisation/permissions.ts';
import { Encoded, Reference, hclOf } from '../../src/terraform/hcl.ts';
import { cli, jsonLines } from '../cli/fixtures.ts';

const QUEUE = '6f2f7b7e-3a51-4c0e-9c57-0b6c1d1f4a01';
const env = { PANEL_PUBLIC_URL: 'https://panel.example.com/' };

/** What mypurecloud/genesyscloud 1.84.1 documents (docs/resources/*.md), as far as it is used. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  genesyscloud_auth_role: ['name', 'description', 'permission_policies', 'domain', 'entity_name', 'action_set'],
  genesyscloud_oauth_client: [
    'name',
    'description',
    'authorized_grant_type',
    'registered_redirect_uris',
    'scopes',
    'roles',
    'role_id',
    'division_id',
  ],
  genesyscloud_integration: ['integration_type', 'intended_state', 'config', 'name', 'properties', 'advanced'],
};

async function written(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(['organisation', 'terraform', ...args], { env });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

/** Each resource with its lines; a line of a `jsonencode` is indented deeper than any attribute. */
function resourcesIn(hcl: string): { type: string; text: string }[] {
  return [...hcl.matchAll(/^resource "(\w+)" "\w+" \{\n([\s\S]*?)^\}$/gm)].map(([, type = '', text = '']) => ({
    type,
    text,
  }));
}

test('every resource and attribute is one that the provider documents', async () => {
  const resources = resourcesIn(await written('--target', 'assistPanel', 'copilotQueues', '--queue', QUEUE));
  expect(resources.map(({ type }) => type)).toEqual([
    'genesyscloud_auth_role',
    'genesyscloud_oauth_client',
    'genesyscloud_oauth_client',
    'genesyscloud_integration',
  ]);
  for (const { type, text } of resources) {
    const names = [...text.matchAll(/^(?: {2}| {4})([a-z_]+)(?= *=| \{)/gm)].map(([, name = '']) => name);
    expect(names.length).toBeGreaterThan(2);
    expect(
      names.filter((name) => !['lifecycle', 'ignore_changes', ...(DOCUMENTED[type] ?? [])].includes(name)),
    ).toEqual([]);
  }
});

test('the role has the permissions that doctor asks for, and no others but its own', async () => {
  const [role] = resourcesIn(await written('--target', 'assistPanel'));
  const policies = [
    ...(role?.text ?? '').matchAll(/domain += "(\w+)"\n +entity_name = "(\w+)"\n +action_set += \[([^\]]*)\]/g),
  ].flatMap(([, domain, entity, actions = '']) =>
    [...actions.matchAll(/"(\w+)"/g)].map(([, action]) => `${domain}:${entity}:${action}`),
  );
  const needed = NEEDS.filter(({ target }) => target === 'assistPanel').flatMap(({ permissions }) => permissions);
  expect(policies.sort()).toEqual([...needed, 'routing:transcriptionSettings:view'].sort());
});

test('the widget is the one that the engine would make, with its queues, and agents can sign in', async () => {
  const hcl = await written('--target', 'assistPanel', '--queue', QUEUE, '--integration', 'Cards');
  expect(hcl).toContain('integration_type = "embedded-client-app-interaction-widget"');
  expect(hcl).toMatch(/"url" += "https:\/\/panel\.example\.com\/panel\?conversation=\{\{gcConversationId\}\}/);
  expect(hcl).toContain(`"queueIdFilterList" = ["${QUEUE}"]`);
  expect(hcl).toMatch(/name += "Cards"/);
  expect(hcl).toContain('["https://panel.example.com/panel"]');
  expect(hcl).toMatch(/ignore_changes = \[config\]/);
});

test('targets without a panel need no panel, and no address of one', async () => {
  const { code, stdout } = await cli(['organisation', 'terraform', '--target', 'copilotSuggestions', '--json']);
  expect(code).toBe(0);
  const [{ hcl }] = jsonLines(stdout) as [{ hcl: string }];
  expect(resourcesIn(hcl).map(({ type }) => type)).toEqual(['genesyscloud_auth_role', 'genesyscloud_oauth_client']);
});

test('a panel whose address was not said is one clear error', async () => {
  const { code, stderr } = await cli(['organisation', 'terraform', '--target', 'assistPanel']);
  expect(code).toBe(2);
  expect(stderr).toContain('PANEL_PUBLIC_URL');
});

test('no text can leave its quotes or become a template', () => {
  const hcl = hclOf([
    {
      head: ['resource', 'a"b'],
      attributes: { text: 'say "${evil}" %{if} \\ \n', list: [], map: {}, ref: new Reference('x.id'), n: 1, no: null },
      blocks: [{ head: ['inner'], attributes: { json: new Encoded({ 'a b': [true] }) } }],
    },
  ]);
  expect(hcl).toBe(
    [
      'resource "a\\"b" {',
      '  text = "say \\"$${evil}\\" %%{if} \\\\ \\n"',
      '  list = []',
      '  map  = {}',
      '  ref  = x.id',
      '  n    = 1',
      '  no   = null',
      '',
      '  inner {',
      '    json = jsonencode({',
      '      "a b" = [true]',
      '    })',
      '  }',
      '}',
      '',
    ].join('\n'),
  );
});
