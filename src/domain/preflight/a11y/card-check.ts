import type { Problem } from '../../plan/problem.ts';
import type { PreflightSettings } from '../settings.ts';
import type { Card } from './tree.ts';

/** One thing that is looked for in the card as a tree. */
export type CardCheck = (card: Card, settings: PreflightSettings) => readonly Problem[];
