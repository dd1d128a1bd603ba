export { rollout } from './rollout.ts';
export { guardian, recover } from './guardian.ts';
export { forward } from './forward.ts';
export { measureHandling } from './measure.ts';
export { auditShipping, auditSigning } from './audit.ts';
