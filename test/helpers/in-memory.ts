/** An embedded store of its own for a test, in memory, with its schema from the start. */
import type { Database } from '../../src/store/database.ts';
import { openDatabase } from '../../src/store/open.ts';
import { askBroker } from './ask-broker.ts';

export async function openInMemory(): Promise<Database> {
  return openDatabase({ kind: 'pglite', dataDir: null, image: await askBroker('store-image') });
}
