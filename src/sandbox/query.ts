import type { SandboxContext } from './http-context.ts';

/** Values of a parameter that may come more than once: `id=a&id=b`, or `id=a,b` as the official SDKs send it. */
export function listed(c: SandboxContext, name: string): readonly string[] {
  return (c.req.queries(name) ?? []).flatMap((value) => value.split(',')).filter((value) => value !== '');
}
