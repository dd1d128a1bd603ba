// `npm run demo`: the demo verb of the command line, after its own set-up, in this very process (signals and exit code
// are its own).
import { createRequire } from 'node:module';

process.argv.splice(2, 0, 'demo');
createRequire(import.meta.url)('../bin/assist-rollouts');
