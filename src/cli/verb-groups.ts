/** Under which heading of `--help` a verb stands, in the order of the headings. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'On this machine': ['demo', 'dev', 'sandbox'],
  'Before a rollout': ['lint', 'preview', 'diff', 'forecast', 'triggers', 'judge', 'calendar', 'pipeline'],
  Rollouts: ['start', 'status', 'watch', 'list', 'history', 'show', 'report', 'explain', 'waves'],
  'Acts of people': ['pause', 'resume', 'approve', 'withdraw', 'advance', 'promote', 'override', 'abort'],
  'Around a rollout': ['freeze', 'unfreeze', 'retry', 'restart', 'undo', 'recover'],
  'People and messages': ['login', 'logout', 'operator', 'notify'],
  Records: ['audit', 'retention', 'database', 'export'],
  Processes: ['worker', 'events', 'panel', 'api', 'console', 'responder', 'forward', 'builds'],
  'Set-up': ['config', 'doctor', 'organisation', 'completion'],
};

export function groupOf(verb: string): string {
  return Object.entries(GROUPS).find(([, verbs]) => verbs.includes(verb))?.[0] ?? OTHERS;
}

const OTHERS = 'Others';

/** As `--help` lists them. */
export function inOrder(verbs: readonly string[]): readonly string[] {
  const listed = Object.values(GROUPS).flat();
  return [...listed.filter((verb) => verbs.includes(verb)), ...verbs.filter((verb) => !listed.includes(verb))];
}

/** What people call it elsewhere. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  apply: ['start'],
  deploy: ['start'],
  run: ['start'],
  rollout: ['start', 'status'],
  ls: ['list'],
  ps: ['list'],
  get: ['status', 'list'],
  describe: ['status', 'show'],
  follow: ['watch'],
  logs: ['watch', 'audit'],
  log: ['watch', 'audit'],
  stop: ['pause', 'abort'],
  halt: ['pause', 'abort'],
  cancel: ['abort'],
  kill: ['abort'],
  delete: ['abort'],
  rollback: ['abort', 'undo'],
  revert: ['undo', 'abort'],
  restore: ['recover', 'undo'],
  continue: ['resume'],
  skip: ['advance'],
  check: ['lint', 'doctor'],
  validate: ['lint'],
  test: ['lint', 'demo'],
  ui: ['console'],
  ci: ['pipeline'],
  serve: ['worker', 'console'],
  whoami: ['login'],
};

export function calledElsewhere(word: string): readonly string[] {
  return Object.hasOwn(ALSO, word.toLowerCase()) ? (ALSO[word.toLowerCase()] ?? []) : [];
}
