/**
 * The sandbox organisation as a process of its own, with limits that are not what is measured, and a client for the one
 * who measures.
 */
import { ALL_SCOPES, DEFAULT_CLIENT } from '../../src/sandbox/options.ts';
import { runSandbox } from '../../src/sandbox/main.ts';

const [callsPerMinute = '6000', observerSecret = ''] = process.argv.slice(2);
const observer = { id: 'observer', secret: observerSecret, scopes: ALL_SCOPES };
const limit = Number(callsPerMinute);

void runSandbox({ clients: [DEFAULT_CLIENT, observer], rateLimitPerMinute: limit, tokensPerMinute: 6000 }, (line) =>
  process.stdout.write(`${line}\n`),
);
