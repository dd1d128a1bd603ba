/** The compiled command line, as `assist-rollouts` runs it. */
import { join } from 'node:path';

export const CLI_MAIN = join(__dirname, '..', '..', 'src', 'cli', 'main.js');
