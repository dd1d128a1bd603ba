/** Who is signed in at which api process: a file that its owner alone reads. */
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { makeFolder } from '../files/make-folder.ts';
import { z } from 'zod';
import { withLock } from '../locks/lock-file.cjs';

const loginSchema = z.object({
  issuer: z.string(),
  clientId: z.string(),
  scopes: z.array(z.string()),
  kind: z.enum(['id', 'access']),
  token: z.string(),
  expiresAtMs: z.number(),
  refreshToken: z.string().nullable(),
});
const fileSchema = z.record(z.string(), loginSchema);

export type Login = Readonly<z.output<typeof loginSchema>>;

/** By the address of the api process. What cannot be read is nobody's. */
export async function readLogin(file: string, api: string): Promise<Login | null> {
  return (await readAll(file))[api] ?? null;
}

/** `change` sees it as it is now, and nobody else changes it meanwhile. Null takes it out. */
export function changeLogin(
  file: string,
  api: string,
  change: (now: Login | null) => Promise<Login | null>,
): Promise<Login | null> {
  return prepared(file, () =>
    withLock(`${file}.lock`, async () => {
      const all = await readAll(file);
      const before = all[api] ?? null;
      const after = await change(before);
      if (after === before) return after;
      const { [api]: _old, ...others } = all;
      await write(file, after === null ? others : { ...others, [api]: after });
      return after;
    }),
  );
}

async function prepared<T>(file: string, work: () => Promise<T>): Promise<T> {
  makeFolder(dirname(file));
  return work();
}

async function readAll(file: string): Promise<Readonly<Record<string, Login>>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** Whole or not at all, and never readable for others, not even for a moment. */
async function write(file: string, all: Readonly<Record<string, Login>>): Promise<void> {
  const fresh = `${file}.${randomUUID().slice(0, 8)}`;
  try {
    await writeFile(fresh, `${JSON.stringify(all)}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(fresh, 0o600);
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
}
