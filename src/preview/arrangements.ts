/** Where a card stands on an agent's desktop, and how large it is. */
import type { UiDirectives } from '../domain/plan/plan.ts';

export type Position = UiDirectives['position'];
export type Size = UiDirectives['size'];

/** In CSS pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Arrangement {
  readonly position: Position;
  readonly size: Size;
  /** Of the card within the desktop. */
  readonly card: Box;
}

/**
 * A common screen, less the bars of browser and system. The platform promises no sizes: these are for comparing by eye.
 */
export const DESKTOP = { width: 1280, height: 720 } as const;

const WIDTHS: Readonly<Record<Size, number>> = { small: 280, medium: 360, large: 480 };
const HEIGHTS: Readonly<Record<Size, number>> = { small: 140, medium: 220, large: 320 };

const POSITIONS: readonly Position[] = ['right', 'left', 'top', 'bottom'];
const SIZES: readonly Size[] = ['small', 'medium', 'large'];

/** Every position at every size, the plan's own first. */
export function arrangements(ui: Pick<UiDirectives, 'position' | 'size'>): Arrangement[] {
  const all = POSITIONS.flatMap((position) => SIZES.map((size) => ({ position, size, card: boxOf(position, size) })));
  const isOwn = ({ position, size }: Arrangement) => position === ui.position && size === ui.size;
  return [...all.filter(isOwn), ...all.filter((one) => !isOwn(one))];
}

function boxOf(position: Position, size: Size): Box {
  const { width, height } = DESKTOP;
  switch (position) {
    case 'left':
      return { left: 0, top: 0, width: WIDTHS[size], height };
    case 'right':
      return { left: width - WIDTHS[size], top: 0, width: WIDTHS[size], height };
    case 'top':
      return { left: 0, top: 0, width, height: HEIGHTS[size] };
    case 'bottom':
      return { left: 0, top: height - HEIGHTS[size], width, height: HEIGHTS[size] };
  }
}
