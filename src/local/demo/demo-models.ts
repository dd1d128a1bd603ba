/** How the simulated agents treat the versions of the examples. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../compose/package-root.ts';
import type { DemoTarget } from './demo-target.ts';

/** What makes 1.6.0 harmful: agents take it less, dismiss it more, and get it late. */
const HARMFUL = { acceptMultiplier: 0.65, dismissMultiplier: 1.4, latencyMultiplier: 1.8 };

/** JSON, as the sandbox takes it; of a target whose `prepare` tells it, nothing. */
export async function demoModels({ modelOf, harmful = HARMFUL }: DemoTarget): Promise<string> {
  const html = await readFile(join(packageRoot(), 'examples', 'demo', '1.6.0.html'), 'utf8');
  return JSON.stringify(modelOf === undefined ? {} : { [modelOf(html)]: harmful });
}
