/** The organisation exports no events of suggestions: a responder follows its notifications, and stores them. */
import type { Database } from '../../store/database.ts';
import type { EventSource } from '../target.ts';

export function copilotEvents(_db: Database | null): EventSource {
  return { open: () => Promise.resolve(), trouble: () => Promise.resolve(null) };
}
