export { rollout } from './rollout.ts';
export { guardian, recover } from './guardian.ts';
