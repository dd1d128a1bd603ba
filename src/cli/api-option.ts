/** `assist-rollouts --api <url> <verb>` is `ASSIST_API_URL=<url> assist-rollouts <verb>`. */
type Env = Readonly<Record<string, string | undefined>>;

export function takeApiOption(
  args: readonly string[],
  env: Env,
): { readonly args: readonly string[]; readonly env: Env } {
  const [first = '', second, ...others] = args;
  if (first === '--api' && second !== undefined) return { args: others, env: { ...env, ASSIST_API_URL: second } };
  if (first.startsWith('--api='))
    return { args: args.slice(1), env: { ...env, ASSIST_API_URL: first.slice('--api='.length) } };
  return { args, env };
}
