/** Options that the verbs of dead letters share. */
import { Option } from 'commander';
import { wholeNumber } from '../../../options.ts';

export const deadLetterId = wholeNumber(0, 999_999_999);

export function kindOption(): Option {
  const description = 'pushes that were refused, or messages that a destination did not take';
  return new Option('--kind <kind>', description).choices(['intake', 'forward']);
}
