/**
 * A question that has waited for a worker comes with all of history up to then, and the SDK shows the workflow also what
 * no task has done yet. When that task comes, the workflow is shown only what is left of it: what it does is then on
 * record in another order than whoever replays it does it in, and the next worker is stuck (`[TMPRL1100]`). A copy that
 * may be ahead in this way does nothing: its task fails, and is done anew by one that begins at the beginning.
 */
import type { ActivateInput, ConcludeActivationInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];
type Command = ConcludeActivationInput['commands'][number];

/** Of a question that comes by itself, with no task (`LEGACY_QUERY_ID` in worker/mod.rs of the SDK's core). */
const BY_ITSELF = 'legacy_query';

/** What answers what: both bear the same `seq`. */
const ANSWERS = {
  fireTimer: 'startTimer',
  resolveActivity: 'scheduleActivity',
  resolveChildWorkflowExecutionStart: 'startChildWorkflowExecution',
  resolveChildWorkflowExecution: 'startChildWorkflowExecution',
  resolveSignalExternalWorkflow: 'signalExternalWorkflowExecution',
  resolveRequestCancelExternalWorkflow: 'requestCancelExternalWorkflowExecution',
} as const;

/**
 * `commands`: of the last task. That the server has taken them is seen by an answer to one of them, or by a history that
 * has grown by what they, and what came, are at least; of what is replayed it is known. What was called off before it was
 * ever sent is answered at once, within the same task.
 */
export function createAnsweredAhead(): Required<Pick<WorkflowInternalsInterceptor, 'activate' | 'concludeActivation'>> {
  let commands: readonly Command[] = [];
  let events = 0;
  let isKnown = true;
  let isQuestion = false;
  let wasAsked = false;
  return {
    activate(input, next) {
      const { jobs, isReplaying, historyLength } = input.activation;
      const given = jobs ?? [];
      isQuestion = given.some(({ queryWorkflow }) => Boolean(queryWorkflow));
      if (isQuestion) wasAsked ||= given.some(({ queryWorkflow }) => queryWorkflow?.queryId === BY_ITSELF);
      else {
        const length = historyLength ?? 0;
        const answered = given.filter((job) => isAnswered(job, commands)).length;
        if (length === events && answered === given.length) return next(input);
        const isTaken = length > events && (answered > 0 || length >= events + leastEvents(commands, given));
        if (wasAsked && !isKnown && commands.length > 0 && !isTaken)
          throw new Error('This copy of the workflow has answered a question ahead of its task: it is made anew.');
        [commands, events, isKnown, wasAsked] = [[], length, isReplaying === true, false];
      }
      return next(input);
    },
    concludeActivation(input, next) {
      const concluded = next(input);
      if (!isQuestion) commands = [...commands, ...concluded.commands];
      return concluded;
    },
  };
}

/** From the start of a task that ordered `commands` to that of the next, to which `jobs` came: one that is done, one that begins. */
function leastEvents(commands: readonly Command[], jobs: readonly Job[]): number {
  const ofCommands = commands.map((command) => eventsOfCommand(command, commands));
  return 3 + [...ofCommands, ...jobs.map(eventsOfJob)].reduce((sum, events) => sum + events, 0);
}

/** What begins and is called off in one task leaves no trace. */
function eventsOfCommand(command: Command, all: readonly Command[]): number {
  const { scheduleActivity: activity, startTimer: timer, updateResponse: update } = command;
  if (activity) return all.some(({ requestCancelActivity: off }) => off?.seq === activity.seq) ? 0 : 1;
  if (timer) return all.some(({ cancelTimer: off }) => off?.seq === timer.seq) ? 0 : 1;
  if (update) return update.rejected ? 0 : 1;
  return command.upsertWorkflowSearchAttributes || command.modifyWorkflowProperties ? 1 : 0;
}

/** An update that comes is no event yet; that an activity was done is two, its start and its end. */
function eventsOfJob({ signalWorkflow, fireTimer, resolveActivity }: Job): number {
  if (resolveActivity) return resolveActivity.result?.completed ? 2 : 0;
  return signalWorkflow || fireTimer ? 1 : 0;
}

function isAnswered(job: Job, commands: readonly Command[]): boolean {
  return (Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]).some((name) => {
    const answer = job[name];
    return Boolean(answer) && commands.some((command) => command[ANSWERS[name]]?.seq === answer?.seq);
  });
}
