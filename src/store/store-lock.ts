/** A lock file beside the embedded store: two processes on one folder would lose each other's rows without an error. */
import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { StoreInUse, codeOf } from './errors.ts';

const ownerSchema = z.object({ pid: z.int().positive(), startedAt: z.string(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Returns the unlocker. A lock whose process is dead is taken over. */
export function lockStore(dataDir: string): () => void {
  const file = `${resolve(dataDir)}.lock`;
  const me: Owner = { pid: process.pid, startedAt: startOf(process.pid) ?? '', host: hostname() };
  const text = `${JSON.stringify(me)}\n`;
  for (let attempt = 0; attempt < 10; attempt++) {
    if (create(file, text)) return () => release(file, text);
    const found = read(file);
    if (found === undefined) continue;
    const owner = parse(found);
    if (owner && !isGone(owner)) throw inUse(dataDir, file, owner);
    putAside(file, found);
  }
  throw new StoreInUse(
    `The lock ${file} of the embedded store keeps changing hands. Wait until the other processes have ended.`,
    0,
  );
}

/** All or nothing: the content is there the moment the name is. */
function create(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Moves a dead owner's lock away; if a quicker process has replaced it meanwhile, puts that one's back. */
function putAside(file: string, dead: string): void {
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
    if (read(aside) !== dead) linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(codeOf(error))) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(file: string, text: string): void {
  if (read(file) === text) rmSync(file, { force: true });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a file that no version of ours wrote whole. */
function parse(text: string): Owner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A process of another machine or container cannot be seen from here, so it counts as alive. */
function isGone(owner: Owner): boolean {
  if (owner.host !== hostname()) return false;
  if (!isAlive(owner.pid)) return true;
  const startedAt = startOf(owner.pid);
  return startedAt !== undefined && owner.startedAt !== '' && startedAt !== owner.startedAt;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** Tells a process from a later one with the same id. Undefined where the system does not say. */
function startOf(pid: number): string | undefined {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${afterName.split(' ')[19]}`;
  } catch {
    return startByPs(pid);
  }
}

function startByPs(pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}

function inUse(dataDir: string, file: string, { pid, host }: Owner): StoreInUse {
  const elsewhere = host === hostname() ? '' : ` on ${host}`;
  const wayOut =
    elsewhere === ''
      ? `stop it (kill ${pid})`
      : `stop it there (if that machine or container is gone for good, delete ${file})`;
  return new StoreInUse(
    `The embedded store ${dataDir} is in use by process ${pid}${elsewhere}, and only one process can hold it. ` +
      `Ask that process instead, ${wayOut}, or set DATABASE_URL to a PostgreSQL server that many can share.`,
    pid,
  );
}
