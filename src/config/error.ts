/** What is wrong with the configuration, all of it together. */

/** In the configuration file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ConfigProblem {
  /** Of the variable, or the path in the file. */
  readonly name: string;
  readonly message: string;
  /** Where the value was set, if that was in the file. */
  readonly place?: Place;
}

export class ConfigError extends Error {
  readonly code = 'config-invalid';
  readonly remedy = 'Mend these and run the command again; docs/configuration.md lists all settings.';
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map((problem) => `  ${problemLine(problem)}`);
    super(
      `The configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

export function problemLine({ name, message, place }: ConfigProblem): string {
  const at = place === undefined ? '' : `${place.file}:${place.line}:${place.column} `;
  return `${at}${name}: ${message}`;
}
