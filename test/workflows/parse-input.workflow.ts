import { parseRolloutInput } from '../../src/domain/rollout/input.ts';
import type { ParsedInput } from '../../src/domain/rollout/input.ts';

export function parseInput(value: unknown): Promise<ParsedInput> {
  return Promise.resolve(parseRolloutInput(value));
}
