/** What a person has frozen: no split rises there until it is over, or lifted. */

export const FREEZE_SCOPES = ['all', 'division', 'queue', 'action'] as const;

export type FreezeScope =
  | { readonly kind: 'all' }
  | { readonly kind: Exclude<(typeof FREEZE_SCOPES)[number], 'all'>; readonly name: string };

export interface Freeze {
  readonly id: string;
  readonly scope: FreezeScope;
  readonly by: string;
  /** How it was known who froze; null: nobody could be told apart. */
  readonly verifiedBy: string | null;
  readonly reason: string;
  /** ms since the epoch, by the store's clock. */
  readonly fromMs: number;
  readonly untilMs: number;
}

export function scopeText(scope: FreezeScope): string {
  return scope.kind === 'all' ? 'everything' : `${scope.kind} ${scope.name}`;
}
