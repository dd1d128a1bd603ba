/** What a forwarder is made of. */
import type { Database } from '../store/database.ts';
import type { ForwardSettings } from './settings.ts';

export interface ForwardLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ForwardParts {
  readonly db: Database;
  readonly now: () => number;
  /** 0 up to 1; spreads retries. */
  readonly random: () => number;
  readonly logger: ForwardLogger;
  readonly settings: ForwardSettings;
}
