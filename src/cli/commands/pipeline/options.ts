/** What both verbs of a pipeline take. */
import { nonEmpty } from '../../options.ts';

export const BASE = [
  '--base <ref>',
  'branch, tag or commit that the change is held against',
  nonEmpty,
  'HEAD^1',
] as const;

export const PLANS = ['--plans <folder>', 'only plans below it', nonEmpty, '.'] as const;
