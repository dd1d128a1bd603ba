/** Who but its owner and group may do what with a file. */

/** What a container is given as a secret is readable within it, and nowhere else. */
const OF_A_CONTAINER = /^\/(var\/)?run\/secrets\//;

/** `isPrivate`: nobody else is to read it; null: nobody may do what they are not to. */
export function whoElseMay(
  mode: number,
  path: string,
  { isPrivate }: { readonly isPrivate: boolean },
): 'read' | 'written' | null {
  if (process.platform === 'win32') return null;
  if ((mode & 0o002) !== 0) return 'written';
  return isPrivate && (mode & 0o004) !== 0 && !OF_A_CONTAINER.test(path) ? 'read' : null;
}

export function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}
