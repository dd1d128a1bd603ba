import { startBroker } from './temporal-broker.ts';
import type { TemporalBroker } from './temporal-broker.ts';

declare global {
  /** Between jest's global set-up and tear-down, which run in one process but share no module. */
  var assistTemporalBroker: TemporalBroker | undefined;
}

async function setUp(): Promise<void> {
  globalThis.assistTemporalBroker = await startBroker();
  process.env['ASSIST_TEST_TEMPORAL_BROKER'] = globalThis.assistTemporalBroker.url;
}

export = setUp;
