import { z } from 'zod';
import type { CardWith, HtmlSource } from './action-schema.ts';
import { actionFields, htmlSchema, SILENT_TRIGGER, USUAL_UI } from './action-schema.ts';

type Action = CardWith<HtmlSource>;

/**
 * The card of a plan that cannot be run, for those who look at cards alone: a field that cannot be read counts as one
 * that says nothing. Null where it is not known which card is meant.
 */
export function readableAction(raw: unknown): Action | null {
  const action = z.looseObject({ action: z.record(z.string(), z.unknown()) }).safeParse(raw);
  if (!action.success) return null;
  const field = <K extends keyof Action>(key: K): Action[K] | undefined => {
    const parsed = SHAPE[key].safeParse(action.data.action[key]);
    return parsed.success ? (parsed.data as Action[K] | undefined) : undefined;
  };
  const html = field('html');
  return html === undefined
    ? null
    : {
        html,
        name: field('name') ?? 'Unnamed',
        version: field('version') ?? '0.0.0',
        trigger: field('trigger') ?? SILENT_TRIGGER,
        ui: field('ui') ?? USUAL_UI,
        inlineCode: field('inlineCode'),
      };
}

const SHAPE = actionFields(htmlSchema);
