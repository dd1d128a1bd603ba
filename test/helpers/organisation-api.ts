export { signIn } from '../../bench/lib/organisation-call.ts';
export type { CallOrganisation } from '../../bench/lib/organisation-call.ts';
