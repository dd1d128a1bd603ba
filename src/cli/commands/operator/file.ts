/** The option of every verb below `operator`. */
import { operatorsFile } from '../../../compose/operators.ts';
import type { Deps } from '../../deps.ts';
import { nonEmpty } from '../../options.ts';

export const FILE = ['--file <file>', 'default: OPERATORS_FILE, else operators.yaml in this folder', nonEmpty] as const;

export interface FileOption {
  readonly file?: string;
}

export function fileOf({ env }: Pick<Deps, 'env'>, { file }: FileOption): string {
  return file ?? operatorsFile(env) ?? 'operators.yaml';
}
