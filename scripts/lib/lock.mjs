// One set-up at a time in one checkout. The lock file holds the owner's process id; a dead owner's lock is taken over.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './processes.mjs';

export async function withLock(file, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waited = 0; !create(file); waited += 1) {
    const owner = ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) takeOver(file);
    else await wait(file, owner, waited);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function wait(file, owner, waited) {
  if (waited === 0) say(`waiting for another set-up to finish (process ${owner ?? 'unknown'}, ${file})`);
  await sleep(200);
}

function create(file) {
  try {
    const handle = openSync(file, 'wx');
    writeSync(handle, String(process.pid));
    closeSync(handle);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined while the owner has not yet written its id, or when the lock is gone. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

/** A second lock guards the removal: without it, one of two heirs could delete the other's fresh lock. */
function takeOver(file) {
  const guard = `${file}.takeover`;
  if (!create(guard)) return;
  try {
    const owner = ownerOf(file);
    if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
