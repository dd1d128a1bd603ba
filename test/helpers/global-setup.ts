import { startBroker } from './broker.ts';
import type { Broker } from './broker.ts';

declare global {
  /** Between jest's global set-up and tear-down, which run in one process but share no module. */
  var assistTestBroker: Broker | undefined;
}

async function setUp(): Promise<void> {
  globalThis.assistTestBroker = await startBroker();
  process.env['ASSIST_TEST_BROKER'] = globalThis.assistTestBroker.url;
}

export = setUp;
