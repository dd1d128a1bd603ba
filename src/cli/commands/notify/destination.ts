import { MessagesError } from '../../../notify/errors.ts';
import type { Ready } from '../../../notify/ready.ts';
import type { Book } from '../../../notify/settings-file.ts';

/** The one that is named, or an error that names them all. */
export function destinationIn({ destinations }: Book, name: string): Ready {
  const found = destinations.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new MessagesError(
    'messages-destination-unknown',
    `There is no destination ${JSON.stringify(name)} in the file of MESSAGES_FILE.`,
    `Name one of ${destinations.map((one) => one.name).join(', ')}.`,
  );
}
