/** Registers the search attributes by which rollouts are found in the Temporal Web UI. */
import type { Client } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';

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
