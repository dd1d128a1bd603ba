/** The search attributes that make rollouts findable in the Temporal Web UI. */
import { defineSearchAttributeKey } from '@temporalio/common';
import type { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/messages.ts';

const action = defineSearchAttributeKey('AssistAction', 'KEYWORD');
const version = defineSearchAttributeKey('AssistVersion', 'KEYWORD');
const phase = defineSearchAttributeKey('AssistPhase', 'KEYWORD');
const outcome = defineSearchAttributeKey('AssistOutcome', 'KEYWORD');
const split = defineSearchAttributeKey('AssistSplit', 'DOUBLE');

export function initialAttributes(actionName: string, versionName: string): SearchAttributePair[] {
  return [
    { key: action, value: actionName },
    { key: version, value: versionName },
    { key: phase, value: 'validating' },
    { key: split, value: 0 },
  ];
}

export interface ReadAttributes {
  readonly action: string | null;
  readonly version: string | null;
  readonly phase: string | null;
  readonly outcome: string | null;
  readonly splitPercent: number | null;
}

export function readAttributes(attributes: TypedSearchAttributes): ReadAttributes {
  return {
    action: attributes.get(action) ?? null,
    version: attributes.get(version) ?? null,
    phase: attributes.get(phase) ?? null,
    outcome: attributes.get(outcome) ?? null,
    splitPercent: attributes.get(split) ?? null,
  };
}

/** IndexedValueType of temporal/api/enums/v1/common.proto. */
const INDEXED_VALUE_TYPE = { Keyword: 2, Double: 4 } as const;

/**
 * Registers what the namespace lacks; does nothing the second time. Needs the operator service of a self-hosted server.
 */
export async function ensureSearchAttributes(client: Client, namespace: string): Promise<void> {
  const { operatorService } = client.connection as unknown as Operator;
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const lacking = Object.entries(SEARCH_ATTRIBUTES).filter(([name]) => !(name in (customAttributes ?? {})));
  if (lacking.length === 0) return;
  const searchAttributes = Object.fromEntries(lacking.map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]));
  await operatorService.addSearchAttributes({ namespace, searchAttributes });
}

interface Operator {
  readonly operatorService: {
    listSearchAttributes(request: {
      namespace: string;
    }): Promise<{ customAttributes?: Record<string, unknown> | null }>;
    addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  };
}
