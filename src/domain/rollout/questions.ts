/** What a workflow and whoever asks it say to each other beside the question itself. */

/** A copy of the workflow has seen what no task has done yet: it gives no answer, and another one does a moment later. */
export const ASKED_AHEAD = 'This copy of the workflow has seen what no task has done yet: ask again in a moment.';

/** Given with a question about a run that is over: no task comes any more, so what none has done is what it last knew. */
export const OF_WHAT_IS_OVER = 'over';
