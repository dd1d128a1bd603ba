/**
 * Every setting there is: what it holds, what it means, and where it stands in the configuration file. docs/configuration.md,
 * schema/config.schema.json, `config show` and what may come from `<NAME>_FILE` are made of this table.
 */
import type { z } from 'zod';
import type { Variable } from './variable.ts';
import { PLATFORM } from './variables/platform.ts';
import { RULES } from './variables/rules.ts';
import { SERVICES } from './variables/services.ts';
import { TELEMETRY } from './variables/telemetry.ts';

/** In the order of the documentation. */
export const VARIABLES = { ...PLATFORM, ...SERVICES, ...TELEMETRY, ...RULES };

type Table = typeof VARIABLES;
export type VariableName = keyof Table;
export type Variables = { readonly [N in VariableName]: z.output<Table[N]['schema']> };
/** What `<NAME>_FILE` may name a file of. */
export type SecretSetting = { [N in VariableName]: Table[N]['inFile'] extends null ? never : N }[VariableName];

export const VARIABLE_LIST = Object.entries(VARIABLES) as unknown as readonly (readonly [VariableName, Variable])[];

/** What must never be shown; the OAuth client's id is none, but may come from a file all the same. */
export const SECRET_SETTINGS = VARIABLE_LIST.filter(([, { inFile }]) => inFile === 'secret').map(
  ([name]) => name as SecretSetting,
);
