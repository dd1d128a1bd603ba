/** What the demo runs on: everything in a temporary folder, on free ports, with more traffic than `dev`. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../compose/package-root.ts';
import { newWebhookSecret } from '../../webhooks/secret.ts';
import { startStack } from '../stack.ts';
import type { Stack, StackParts } from '../stack.ts';
import type { DemoTarget } from './demo-target.ts';

/** What makes 1.6.0 harmful: agents take it less, dismiss it more, and get it late. */
const HARMFUL = { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8 };

export async function startDemoStack(parts: StackParts, target: DemoTarget): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-demo-'));
  parts.closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  const html = await readFile(join(packageRoot(), 'examples', 'demo', '1.6.0.html'), 'utf8');
  const models = JSON.stringify(
    target.modelOf === undefined ? {} : { [target.modelOf(html)]: target.harmful ?? HARMFUL },
  );
  const traffic = ['--cards', String(target.cardsPerSecond), '--models', models, ...target.sandboxArgs];
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
