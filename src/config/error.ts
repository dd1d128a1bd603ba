/** What is wrong with the environment, all of it together. */

export interface ConfigProblem {
  readonly name: string;
  readonly message: string;
}

export class ConfigError extends Error {
  readonly code = 'config-invalid';
  readonly remedy = 'Set these variables and run the command again; docs/cli.md lists all of them.';
  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ name, message }) => `  ${name}: ${message}`);
    super(
      `The environment has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:\n${lines.join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}
