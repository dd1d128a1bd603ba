export { rollout } from './rollout.ts';
export { waves } from './waves.ts';
export { guardian, recover } from './guardian.ts';
export { dryRun } from './dry-run.ts';
export { registry } from './registry.ts';
export { calendar, freeze } from './calendar.ts';
export { forward } from './forward.ts';
export { measureHandling } from './measure.ts';
export { auditShipping, auditSigning } from './audit.ts';
