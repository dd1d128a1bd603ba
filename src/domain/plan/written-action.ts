import { z } from 'zod';
import type { RawParsedPlan } from './parse.ts';
import { actionWith, htmlSchema } from './schema.ts';

type Action = RawParsedPlan['action'];

/**
 * The card of a plan that cannot be run, for those who look at cards alone: a field that cannot be read counts as one
 * that says nothing. Null where it is not known which card is meant.
 */
export function readableAction(raw: unknown): Action | null {
  const action = z.looseObject({ action: z.record(z.string(), z.unknown()) }).safeParse(raw);
  if (!action.success) return null;
  const field = <K extends keyof Action>(key: K): Action[K] | undefined => {
    const parsed = shape[key].safeParse(action.data.action[key]);
    return parsed.success ? (parsed.data as Action[K]) : undefined;
  };
  const html = field('html');
  return html === undefined
    ? null
    : {
        html,
        name: field('name') ?? 'Unnamed',
        version: field('version') ?? '0.0.0',
        trigger: field('trigger') ?? { minConfidence: 0, keywords: [], conditions: [] },
        ui: field('ui') ?? { position: 'right', size: 'medium', requiredFeatures: [] },
        inlineCode: field('inlineCode'),
      };
}

const { shape } = actionWith(htmlSchema);
