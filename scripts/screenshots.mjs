// Pictures of every page of the console, taken of a real `dev` with real rollouts: what people see, to look at.
//   node scripts/screenshots.mjs [folder]      desktop, phone and dark; default: screenshots/
//   node scripts/screenshots.mjs --docs        the two of the README, to docs/images/, in fewer colours
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PNG } from 'pngjs';
import { capture } from './lib/processes.mjs';
import { root, setUp } from './setup.mjs';
import { findChromium, openChromium } from '../dist/src/preview/chromium.js';

const PORTS = { temporal: 18701, ui: 18702, sandbox: 18703, events: 18704, panel: 18705, console: 18706, admin: 18707 };
const CONSOLE = `http://127.0.0.1:${PORTS.console}`;
const ACTION = 'RefundAssist';
const SHAPES = [
  { name: 'desktop', viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  { name: 'dark', viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  { name: 'phone', viewport: { width: 360, height: 740 }, colorScheme: 'light' },
];
const COLOUR_STEP = 17;
const at = ['--by', 'ana'];
const bin = path.join(root, 'bin', 'assist-rollouts');

const isForDocs = process.argv.includes('--docs');
const folder = isForDocs ? path.join(root, 'docs', 'images') : path.resolve(process.argv[2] ?? 'screenshots');
mkdirSync(folder, { recursive: true });
await setUp();
const home = mkdtempSync(path.join(tmpdir(), 'assist-screenshots-'));
const env = { ...process.env, ASSIST_ROLLOUTS_HOME: home };
const dev = await startDev();
const browser = await openChromium(findChromium(process.env) ?? 'chromium');
try {
  await tour();
} finally {
  await browser.close();
  dev.kill('SIGTERM');
  await new Promise((resolve) => dev.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
}

async function tour() {
  const address = `/rollouts/${ACTION}`;
  if (!isForDocs) await needAttention(address);
  await start('1.5.0');
  await until('awaitingApproval');
  await sleep(3000);
  await shoot('board-approval', '/');
  await shoot('rollout-approval', address, (page) => page.click('#act-approve summary'));
  await shoot('confirm', address, async (page) => {
    await page.click('#act-abort summary');
    await page.fill('#reason-abort', 'agents report a wrong amount');
    await Promise.all([page.waitForURL(/acts\/abort/), page.click('#act-abort form button')]);
  });
  await run(['approve', ACTION, '--reason', 'the floor knows', ...at]);
  await until('baking');
  await sleep(9000);
  await shoot('rollout-baking', address);
  await until('promoted');
  await shoot('rollout-promoted', address);
  await start('1.6.0');
  await until('rolledBack');
  await sleep(2000);
  await shoot('rollout-rolled-back', address);
  await shoot('report', `${address}/report`);
  await shoot('board', '/');
  await shoot('history', `${address}/history`);
  await shoot('audit', `/audit?of=${ACTION}`);
  await shoot('plan', '/plan', (page) => write(page, planText('1.5.0').replace('alpha: 0.001', 'alpha: 2')));
  await shoot('plan-forecast', '/plan', async (page) => {
    await write(page, inlined('1.5.0'));
    await page.fill('[name=cardsPerHour]', '7200');
    await page.click('[name=forecast]');
    await page.waitForSelector('#forecast table', { timeout: 60_000 });
  });
  await shoot('doctor', '/doctor');
  await shoot('problem', '/rollouts/Nobody');
}

/** A roll back that the organisation does not take; then it does, and the tour begins. */
async function needAttention(address) {
  await start('1.5.0');
  await until('awaitingApproval');
  const refused = { match: { method: 'PUT' }, times: 100_000, status: 503 };
  await organisation('POST', refused);
  await run(['abort', ACTION, '--reason', 'agents report a wrong amount', ...at]);
  await until('needsAttention');
  await shoot('board-needs-attention', '/');
  await shoot('rollout-needs-attention', address);
  await organisation('DELETE');
  await until('rolledBack');
}

async function organisation(method, fault) {
  const options = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) };
  const answer = await fetch(`http://127.0.0.1:${PORTS.sandbox}/sandbox/faults`, options);
  if (!answer.ok) throw new Error(`faults: ${answer.status}`);
}

async function write(page, text) {
  await page.fill('#plan-yaml', text);
  await page.waitForSelector('#lint p', { timeout: 20_000 });
}

/** In every shape, or for the documents in one. */
async function shoot(name, address, act = async () => {}) {
  const kept = { 'rollout-rolled-back': 'console-rollout', 'board-approval': 'console-board' }[name];
  if (isForDocs && kept === undefined) return;
  for (const { name: shape, ...options } of isForDocs ? SHAPES.slice(0, 1) : SHAPES) {
    const context = await browser.newContext({
      ...options,
      reducedMotion: 'reduce',
      timezoneId: 'Europe/Berlin',
      locale: 'de-DE',
    });
    const page = await context.newPage();
    await page.goto(`${CONSOLE}${address}`);
    await act(page);
    await sleep(1500);
    // Frames below the window are not painted, and what is sticky stands in the midst of a page that is scrolled.
    if (!isForDocs) {
      const height = await page.evaluate('document.documentElement.scrollHeight');
      await page.setViewportSize({ ...options.viewport, height });
      await sleep(1000);
    }
    const file = path.join(folder, isForDocs ? `${kept}.png` : `${name}-${shape}.png`);
    const picture = await page.screenshot();
    writeFileSync(file, isForDocs ? inFewerColours(picture) : picture);
    process.stdout.write(`${file}\n`);
    await context.close();
  }
}

/** Sixteen shades of each colour are enough for text and bars, and load faster. */
function inFewerColours(picture) {
  const png = PNG.sync.read(picture);
  png.data = png.data.map((value) => Math.round(value / COLOUR_STEP) * COLOUR_STEP);
  return PNG.sync.write(png, { colorType: 2, deflateLevel: 9, filterType: 0 });
}

async function startDev() {
  const ports = Object.entries(PORTS).flatMap(([name, port]) => [`--${name}-port`, String(port)]);
  const models = JSON.stringify({ '1.6.0': { acceptMultiplier: 0.65, latencyMultiplier: 1.5 } });
  const child = spawn(bin, ['dev', ...ports, '--models', models, '--json'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      out += data;
      if (out.includes('"ready"')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`dev ended with ${code}: ${out}`)));
  });
  return child;
}

/** Slow enough to be looked at, with what a plan tells of itself. */
function planText(version) {
  const about =
    'description: Shorter wording of the refund card\nlinks:\n  - { name: CHG-4711, url: https://changes.example.com/4711 }';
  const first =
    version === '1.5.0'
      ? '  - setSplit: 5\n  - bake: { for: 4s, minCards: 20, require: noHarm }\n  - approve: { reason: Team leads agree, timeout: 10m, onTimeout: rollback }\n'
      : '';
  return readFileSync(path.join(root, 'examples', 'demo', `${version}.yaml`), 'utf8')
    .replace('action:', `${about}\naction:`)
    .replace('steps:\n', `steps:\n${first}`)
    .replace('for: 6s, atMost: 45s', 'for: 25s, atMost: 90s');
}

function inlined(version) {
  const card = readFileSync(path.join(root, 'examples', 'demo', `${version}.html`), 'utf8');
  return planText(version)
    .replace(`{ file: ${version}.html }`, `{ inline: ${JSON.stringify(card)} }`)
    .replace('for: 4s, minCards: 20', 'for: 30m')
    .replace('for: 4s, atMost: 40s', 'for: 30m, atMost: 6h')
    .replace('for: 25s, atMost: 90s', 'for: 1h, atMost: 8h');
}

async function start(version) {
  const file = path.join(home, `${version}.yaml`);
  writeFileSync(file, planText(version));
  cpSync(path.join(root, 'examples', 'demo', `${version}.html`), path.join(home, `${version}.html`));
  await run(['start', file, '--reason', 'shorter wording', ...at]);
}

/** What the command line says of it; throws where it refuses. */
async function run(args) {
  const ports = { TEMPORAL_ADDRESS: `127.0.0.1:${PORTS.temporal}`, TEMPORAL_UI_URL: `http://127.0.0.1:${PORTS.ui}` };
  const { code, output } = await capture(bin, args, { env: { ...env, ...ports } });
  if (code !== 0) throw new Error(`${args.join(' ')}: ${output}`);
  return output;
}

async function until(phase) {
  for (;;) {
    const { status } = JSON.parse(await run(['status', ACTION, '--json']));
    if (status.phase === phase) return;
    await sleep(500);
  }
}
