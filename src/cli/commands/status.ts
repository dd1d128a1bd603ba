/** `status`: where the rollout of an action stands. */
import { printJson, printLines } from '../deps.ts';
import type { Deps, JsonOption } from '../deps.ts';
import { exitCodeOfLook } from '../exit-codes.ts';
import { createPaint } from '../view/paint.ts';
import { rolloutLines } from '../view/rollout-view.ts';

export interface StatusArgs extends JsonOption {
  readonly action: string;
}

export async function status(deps: Deps, args: StatusArgs): Promise<number> {
  const view = await deps.configurator().status(args.action);
  if (args.json) printJson(deps.out, { kind: 'rollout', ...view });
  else printLines(deps.out, rolloutLines(view, { paint: createPaint(deps.out.color), now: deps.now() }));
  return exitCodeOfLook(view);
}
