/** The hooks of plans where everything runs on one machine. */
import { ConfigError } from '../config/error.ts';
import type { ConfigProblem } from '../config/error.ts';
import { readHooks } from '../config/hooks.ts';
import type { HookSettings } from '../config/hooks.ts';
import { withSecrets } from '../config/secrets.ts';
import type { Env } from '../config/secrets.ts';

/** On this machine, unless the environment names others. */
const HERE = 'localhost 127.0.0.1 [::1]';

export function localHooks(given: Env): HookSettings {
  const problems: ConfigProblem[] = [];
  const report = (name: string, message: string): void => void problems.push({ name, message });
  const env = withSecrets(given, ['HOOK_SECRETS'], report);
  const hosts = env['HOOKS_ALLOWED_HOSTS'] || HERE;
  const settings = readHooks({ HOOK_SECRETS: env['HOOK_SECRETS'], HOOKS_ALLOWED_HOSTS: hosts }, report);
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}
