/**
 * A question that has waited for a worker comes with all of history up to then, and the SDK shows the workflow also what
 * no task has done yet. When that task comes, the workflow is shown only what is left of it: what it does is then on
 * record in another order, and by another time, than whoever replays it does it, and the next worker is stuck
 * (`[TMPRL1100]`). A copy that was shown such a thing gives no answer and is made anew: whoever asks asks again. One that
 * only may have been shown the task of another, who had begun with it, answers and does nothing more: its own task fails,
 * and is done anew by a copy that begins at the beginning.
 */
import type { ActivateInput, ConcludeActivationInput, WorkflowInternalsInterceptor } from '@temporalio/workflow';
import { ASKED_AHEAD, OF_WHAT_IS_OVER } from '../domain/rollout/questions.ts';

type Activation = ActivateInput['activation'];
type Job = NonNullable<Activation['jobs']>[number];
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

type Interceptor = Required<Pick<WorkflowInternalsInterceptor, 'activate' | 'concludeActivation'>>;

export function createAnsweredAhead(): Interceptor {
  const begun = createBegun();
  const taken = createTaken();
  let isQuestion = false;
  return {
    activate(input, next) {
      const jobs = input.activation.jobs ?? [];
      isQuestion = jobs.some(({ queryWorkflow }) => Boolean(queryWorkflow));
      if (isQuestion) {
        const alone = jobs.find(({ queryWorkflow }) => queryWorkflow?.queryId === BY_ITSELF)?.queryWorkflow;
        if (alone && begun.isAhead() && !isOfWhatIsOver(alone.arguments ?? [])) throw new Error(ASKED_AHEAD);
        if (alone) taken.ask();
      } else {
        begun.see(input.activation);
        taken.see(input.activation);
      }
      return next(input);
    },
    concludeActivation(input, next) {
      const concluded = next(input);
      if (!isQuestion) {
        begun.did(concluded.commands);
        taken.did(concluded.commands);
      }
      return concluded;
    },
  };
}

/** Of a run that is over no task comes any more: what none has done is what it last knew. */
function isOfWhatIsOver(given: readonly { readonly data?: Uint8Array | null }[]): boolean {
  return given.some(({ data }) => data && String.fromCodePoint(...data) === JSON.stringify(OF_WHAT_IS_OVER));
}

/**
 * Whether what was shown last belongs to a task that has begun. Its begin, and nothing else, sets the time and the size
 * of history that a workflow is told (`task_started` and `history_size_bytes` in machines/workflow_machines.rs of the
 * core): of a clock that was set back the size alone tells.
 */
function createBegun() {
  let [length, size, time] = [0, 0, ''];
  let ahead = false;
  return {
    isAhead: () => ahead,
    see({ historyLength, historySizeBytes, timestamp, jobs }: Activation): void {
      const began = jobs?.find(({ initializeWorkflow }) => initializeWorkflow)?.initializeWorkflow;
      if (began) time = text(began.startTime);
      const now = [historyLength ?? 0, Number(historySizeBytes ?? 0), text(timestamp)] as const;
      if (now[0] > length) ahead = now[1] === size && now[2] === time;
      [length, size, time] = now;
    },
    /** A task that does nothing but refuse updates leaves no trace: its begin and the order of it are taken back. */
    did(commands: readonly Command[]): void {
      if (commands.length > 0 && commands.every(({ updateResponse }) => updateResponse?.rejected)) length -= 2;
    },
  };
}

function text(time: Activation['timestamp']): string {
  return `${Number(time?.seconds ?? 0)}.${time?.nanos ?? 0}`;
}

/**
 * Whether the server has taken the commands of the last task. That is seen by an answer to one of them, or by a history
 * that has grown by what they, and what came, are at least; of what is replayed it is known. What was called off before it
 * was ever sent is answered at once, within the same task.
 */
function createTaken() {
  let commands: readonly Command[] = [];
  let events = 0;
  let isKnown = true;
  let wasAsked = false;
  return {
    ask(): void {
      wasAsked = true;
    },
    see({ jobs, isReplaying, historyLength }: Activation): void {
      const given = jobs ?? [];
      const length = historyLength ?? 0;
      const answered = given.filter((job) => isAnswered(job, commands)).length;
      if (length === events && answered === given.length) return;
      const isTaken = length > events && (answered > 0 || length >= events + leastEvents(commands, given));
      // Where this was to be shown for another question, whoever asks is told this.
      if (wasAsked && !isKnown && commands.length > 0 && !isTaken) throw new Error(ASKED_AHEAD);
      [commands, events, isKnown, wasAsked] = [[], length, isReplaying === true, false];
    },
    did(more: readonly Command[]): void {
      commands = [...commands, ...more];
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

/**
 * An update that comes is no event yet; that an activity came to its end is two at most, its start and its end. Too many
 * cost a task that is done twice, too few a workflow that does not replay.
 */
function eventsOfJob(job: Job): number {
  if (job.resolveActivity) return 2;
  return job.signalWorkflow || Object.keys(ANSWERS).some((name) => Boolean(job[name as keyof Job])) ? 1 : 0;
}

function isAnswered(job: Job, commands: readonly Command[]): boolean {
  return (Object.keys(ANSWERS) as (keyof typeof ANSWERS)[]).some((name) => {
    const answer = job[name];
    return Boolean(answer) && commands.some((command) => command[ANSWERS[name]]?.seq === answer?.seq);
  });
}
