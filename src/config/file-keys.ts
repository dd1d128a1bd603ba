/** The places of the configuration file, each of one variable. */
import { VARIABLE_LIST } from './variables.ts';
import type { VariableName } from './variables.ts';
import type { Shape } from './shapes.ts';
import { path } from './shapes.ts';

export interface FileKey {
  readonly key: string;
  /** What it is in the environment. */
  readonly variable: VariableName | `${VariableName}_FILE`;
  readonly shape: Shape;
  readonly meaning: string;
}

/** Of a secret only the name of its file can stand there. */
export const FILE_KEYS: readonly FileKey[] = VARIABLE_LIST.flatMap(
  ([name, { key, shape, inFile, meaning }]): FileKey[] => {
    if (key === null) return [];
    const itself: FileKey = { key, variable: name, shape, meaning };
    if (inFile === null) return [itself];
    const file: FileKey = {
      key: `${key}File`,
      variable: `${name}_FILE`,
      shape: path,
      meaning: `file that holds \`${name}\`: ${meaning}`,
    };
    return inFile === 'secret' ? [file] : [itself, file];
  },
);

/** Where somebody would write a secret itself. */
export const SECRET_KEYS: ReadonlyMap<string, VariableName> = new Map(
  VARIABLE_LIST.flatMap(([name, { key, inFile }]) => (inFile === 'secret' && key !== null ? [[key, name]] : [])),
);
