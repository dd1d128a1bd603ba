import type { SeenVersion } from '../domain/split/seen-version.ts';

/** Of a survey of all actions: one that could not be looked at hides none of the others. */
export class PartlySeen extends Error {
  /** All versions of those that could be looked at. */
  readonly seen: readonly SeenVersion[];
  readonly actions: readonly string[];

  constructor(seen: readonly SeenVersion[], unseen: readonly { readonly action: string; readonly error: unknown }[]) {
    const why = ({ action, error }: { readonly action: string; readonly error: unknown }): string =>
      `${action} could not be looked at: ${error instanceof Error ? error.message : String(error)}`;
    super(unseen.map(why).join(' '));
    this.name = 'PartlySeen';
    this.seen = seen;
    this.actions = unseen.map(({ action }) => action).toSorted();
  }
}
