/** The way back as it is traced: each part of it leads to the look of the judge after which it began. */
import { Context } from '@temporalio/activity';
import type { Database } from '../store/database.ts';
import { traceOfVerdict } from '../store/trace-links.ts';
import { linkTo, traced } from '../telemetry/spans.ts';

/** The store is asked beside the work, which never waits for it to begin, and not for long to end. */
const MAX_WAIT_MS = 500;

export function afterVerdict<T>(db: Database, name: string, work: () => Promise<T>): Promise<T> {
  return traced(name, {}, async (span) => {
    if (span === null) return work();
    const rolloutId = Context.current().info.workflowExecution?.runId ?? '';
    const linking = traceOfVerdict(db, rolloutId).then((found) => linkTo(span, found, 'after the verdict'));
    const answer = await work();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, MAX_WAIT_MS)));
    await Promise.race([linking, late]).finally(() => clearTimeout(timer));
    return answer;
  });
}
