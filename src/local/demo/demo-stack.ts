/** What the demo runs on: everything in a temporary folder, on free ports, with more traffic than `dev`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newWebhookSecret } from '../../webhooks/secret.ts';
import { startStack } from '../stack.ts';
import type { Stack, StackParts } from '../stack.ts';
import { demoModels } from './demo-models.ts';
import type { DemoTarget } from './demo-target.ts';

export async function startDemoStack(parts: StackParts, target: DemoTarget): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-demo-'));
  parts.closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  const models = ['--models', await demoModels(target)];
  const traffic = ['--cards', String(target.cardsPerSecond), ...models, ...target.sandboxArgs];
  return startStack({
    ...parts,
    databaseDir: join(folder, 'database'),
    temporal: {},
    eventsPort: 0,
    signingSecret: newWebhookSecret(),
    panelPort: 0,
    panelSecrets: [newWebhookSecret()],
    sandboxArgs: ['--port', '0', ...traffic, '--state', join(folder, 'sandbox.json')],
    callsPerMinute: target.callsPerMinute ?? 300,
  });
}
