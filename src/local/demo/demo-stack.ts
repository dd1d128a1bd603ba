/** What the demo runs on: everything in a temporary folder, on free ports, with more traffic than `dev`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newWebhookSecret } from '../../webhooks/secret.ts';
import { startStack } from '../stack.ts';
import type { Stack, StackParts } from '../stack.ts';

const CARDS_PER_SECOND = '300';
/** What makes 1.6.0 harmful: agents take it less, dismiss it more, and get it late. */
const MODELS = { '1.6.0': { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8 } };

export async function startDemoStack(parts: StackParts): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-demo-'));
  parts.closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  const traffic = ['--cards', CARDS_PER_SECOND, '--models', JSON.stringify(MODELS)];
  return startStack({
    ...parts,
    databaseDir: join(folder, 'database'),
    temporal: {},
    eventsPort: 0,
    signingSecret: newWebhookSecret(),
    sandboxArgs: ['--port', '0', ...traffic, '--state', join(folder, 'sandbox.json')],
    callsPerMinute: 300,
  });
}
