import type { Migration } from '../migrate.ts';
import { firstTables } from './0001_first-tables.ts';

/** In order; append only. */
export const MIGRATIONS: readonly Migration[] = [firstTables];
