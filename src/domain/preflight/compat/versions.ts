/** Desktop browsers: cards are shown in the agent's desktop. */
export const BROWSERS = ['chrome', 'edge', 'firefox', 'safari'] as const;
export type Browser = (typeof BROWSERS)[number];

/**
 * First version of each browser that has a feature; `-` where none has. Versions are text, since 14.10 is later than
 * 14.9.
 */
export type BrowserVersions = Readonly<Record<Browser, string>>;

/** Oldest version of each browser that agents use; a browser that is not named is used by nobody. */
export type BrowserMatrix = Readonly<Partial<Record<Browser, string>>>;

/** The seed of every other choice: what agents had in 2021. */
export const DEFAULT_MATRIX: BrowserMatrix = { chrome: '90', firefox: '88', safari: '14' };

export interface Lack {
  readonly browser: Browser;
  /** What agents may have. */
  readonly oldest: string;
  /** First version that has the feature; null when none has. */
  readonly since: string | null;
}

/** The browsers of the matrix that lack a feature, in a fixed order. */
export function lacking(first: BrowserVersions, matrix: BrowserMatrix): Lack[] {
  return BROWSERS.flatMap((browser) => {
    const oldest = matrix[browser];
    if (oldest === undefined) return [];
    const since = first[browser] === '-' ? null : first[browser];
    return since === null || isEarlier(oldest, since) ? [{ browser, oldest, since }] : [];
  });
}

/** `chrome 90 (came with 105) and safari 14 (in no version of today)` */
export function lackText(lacks: readonly Lack[]): string {
  return listed(
    lacks.map(
      ({ browser, oldest, since }) =>
        `${browser} ${oldest} (${since === null ? 'in no version of today' : `came with ${since}`})`,
    ),
  );
}

/** The way out that needs no change of the card: newer browsers, where there are any. */
export function upgradeText(lacks: readonly Lack[]): string | null {
  if (lacks.some(({ since }) => since === null)) return null;
  return listed(lacks.map(({ browser, since }) => `${browser} ${since}`));
}

/** Is version a earlier than b? Part by part as numbers: 14.9 is earlier than 14.10. */
export function isEarlier(a: string, b: string): boolean {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
