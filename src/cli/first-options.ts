/** What is said before the verb and holds for all of it: `assist-rollouts --api <url> <verb>` is `ASSIST_API_URL=<url> assist-rollouts <verb>`. */
type Env = Readonly<Record<string, string | undefined>>;

const VARIABLE_OF: Readonly<Record<string, string>> = {
  '--api': 'ASSIST_API_URL',
  '--config': 'ASSIST_ROLLOUTS_CONFIG',
};

export function takeFirstOptions(
  args: readonly string[],
  env: Env,
): { readonly args: readonly string[]; readonly env: Env } {
  const [first = '', second, ...others] = args;
  const [option = '', ...rest] = first.split('=');
  const variable = VARIABLE_OF[option];
  if (variable === undefined) return { args, env };
  if (rest.length > 0) return takeFirstOptions(args.slice(1), { ...env, [variable]: rest.join('=') });
  return second === undefined ? { args, env } : takeFirstOptions(others, { ...env, [variable]: second });
}
