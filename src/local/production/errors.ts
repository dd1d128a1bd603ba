/** What a stand like production lacks on this machine, and the way out. */
import { AssistError } from '../../configurator/errors.ts';

export function lacking(message: string, wayOut: string): AssistError {
  return new AssistError('stand-not-started', message, wayOut);
}
