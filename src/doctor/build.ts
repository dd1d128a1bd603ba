/** Which build of the program a worker is, by what it calls itself. */

export interface Build {
  readonly version: string;
  /** Of the workflows' code. */
  readonly code: string;
}

export function buildName({ version, code }: Build): string {
  return `assist-rollouts@${version}+${code}`;
}

/** Null: it does not tell. */
export function buildOf(identity: string): Build | null {
  const [, version, code] = / assist-rollouts@(\S+?)\+(\w+)$/.exec(identity) ?? [];
  return version === undefined || code === undefined ? null : { version, code };
}

/** In words, for who runs `own`; null: it is the same. */
export function differenceOf(build: Build, own: Build): string | null {
  const order = build.version.localeCompare(own.version, 'en', { numeric: true });
  if (order !== 0) return `${order < 0 ? 'older' : 'newer'} than this program: ${build.version}, not ${own.version}`;
  return build.code === own.code ? null : `another build of ${own.version} than this program`;
}
