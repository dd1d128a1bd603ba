// A lock file that names its owner: one process at a time, and a dead owner's lock is taken over at once.
// Plain JavaScript, for the set-up scripts take it before anything is installed or built. Ours and not
// `proper-lockfile`: that one takes an owner for dead when it has not touched the file for some seconds, as one whose
// event loop is held up does not; two processes in one embedded store would lose each other's rows without an error.
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { hostname } = require('node:os');
const { dirname } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const TRIES = 10;
const POLL_MS = 200;

function takeLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  const me = { pid: process.pid, startedAt: startOf(process.pid) ?? '', host: hostname() };
  const text = `${JSON.stringify(me)}\n`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (create(file, text)) return { unlock: () => release(file, text) };
    const found = read(file);
    if (found === undefined) continue;
    const owner = ownerIn(found);
    if (owner !== undefined && !isGone(owner)) return { owner };
    const other = clear(file, found);
    if (other !== undefined) return { owner: other };
  }
  return { owner: undefined };
}

async function withLock(file, work, { onWait, signal } = {}) {
  let lock = takeLock(file);
  if (lock.unlock === undefined) onWait?.(lock.owner);
  while (lock.unlock === undefined) {
    signal?.throwIfAborted();
    await sleep(POLL_MS);
    lock = takeLock(file);
  }
  try {
    return await work();
  } finally {
    lock.unlock();
  }
}

/** All or nothing: the content is there the moment the name is. */
function create(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Takes a dead owner's lock away; returns who is at that already. The right to do so is a lock of its own, of that very
 * content: whoever comes later finds the lock of another there, and leaves it. So a living owner's file is never gone, not
 * for an instant.
 */
function clear(file, dead) {
  const right = takeLock(`${file}.${createHash('sha256').update(dead).digest('hex').slice(0, 8)}`);
  if (right.unlock === undefined) return right.owner;
  try {
    release(file, dead);
  } finally {
    right.unlock();
  }
}

function release(file, text) {
  if (read(file) === text) rmSync(file, { force: true });
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Undefined for a file that no version of ours wrote whole. */
function ownerIn(text) {
  try {
    const { pid, startedAt, host } = JSON.parse(text);
    const isOurs = Number.isInteger(pid) && pid > 0 && typeof startedAt === 'string' && typeof host === 'string';
    return isOurs ? { pid, startedAt, host } : undefined;
  } catch {
    return undefined;
  }
}

/** A process of another machine or container cannot be seen from here, so it counts as alive. */
function isGone(owner) {
  if (owner.host !== hostname()) return false;
  if (!isAlive(owner.pid)) return true;
  const startedAt = startOf(owner.pid);
  return startedAt !== undefined && owner.startedAt !== '' && startedAt !== owner.startedAt;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Tells a process from a later one with the same id. Undefined where the system does not say. */
function startOf(pid) {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${afterName.split(' ')[19]}`;
  } catch {
    return startByPs(pid);
  }
}

function startByPs(pid) {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim() || undefined;
  } catch {
    return undefined;
  }
}

module.exports = { takeLock, withLock };
