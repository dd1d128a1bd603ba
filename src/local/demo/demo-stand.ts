/** What the demo runs on with `--production-like`. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../store/open.ts';
import { proveStand } from '../production/proofs.ts';
import type { Proof } from '../production/proofs.ts';
import { startStand } from '../production/stand.ts';
import type { Stand } from '../production/stand.ts';
import type { StackParts } from '../stack.ts';
import { demoModels } from './demo-models.ts';
import type { DemoParts, DemoTarget } from './demo-target.ts';
import type { DemoSummary } from './summary.ts';

export type DemoStand = DemoParts & Stand;

export async function startDemoStand(parts: StackParts, target: DemoTarget): Promise<DemoStand> {
  const folder = await mkdtemp(join(tmpdir(), 'assist-rollouts-demo-'));
  parts.closers.add('temporary folder', () => rm(folder, { recursive: true, force: true }));
  const traffic = [
    '--cards',
    String(target.cardsPerSecond),
    '--models',
    await demoModels(target),
    ...target.sandboxArgs,
  ];
  const sandboxArgs = ['--port', '0', ...traffic, '--state', join(folder, 'sandbox.json')];
  const stand = await startStand({ ...parts, sandboxArgs });
  const db = await openDatabase({ kind: 'pg', url: stand.urls.console });
  parts.closers.add('database', () => db.close());
  return { ...stand, db, panelUrl: '' };
}

/** What the stand must refuse, and that the histories of what was just rolled out are in cipher. */
export function proveDemoStand({ temporal, urls }: Stand, { rollouts }: DemoSummary): Promise<readonly Proof[]> {
  const workflowId = rollouts[0]?.workflowId ?? '';
  return proveStand({ temporal, urls, workflowId, inTheClear: 'requiredFeatures' });
}
