/**
 * The parts of a stand like production, by themselves: what the server is configured with, who may do what in its
 * database, and whose tokens count. The whole of it is `npm run demo -- --production-like`.
 */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { parse } from 'yaml';
import { createClosers } from '../../src/compose/closers.ts';
import { startIssuer } from '../../src/local/production/issuer.ts';
import { asking, startPostgres } from '../../src/local/production/postgres.ts';
import { SERVER_SERVICES, serverConfig } from '../../src/local/production/server-config.ts';
import { proofLines } from '../../src/cli/view/demo-view.ts';
import { ROOT } from '../helpers/sources.ts';

const closers = createClosers({ onError: (_, error) => void process.stderr.write(`${String(error)}\n`) });
const folder = mkdtempSync(join(tmpdir(), 'stand-'));
chmodSync(folder, 0o711);
afterAll(async () => {
  await closers.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the server is configured by what operators begin from, with ports, paths and secrets of the stand', async () => {
  const ports = Object.fromEntries(
    SERVER_SERVICES.map((name, i) => [name, { grpc: 41_000 + i, membership: 21_000 + i }]),
  );
  const config = await serverConfig({
    host: '127.0.0.1',
    ports: ports as Parameters<typeof serverConfig>[0]['ports'],
    postgresPort: 5999,
    postgresPassword: 'of the stand',
    certificates: '/stand/certificates/temporal',
    keysUrl: 'http://127.0.0.1:1/keys',
  });
  const text = JSON.stringify(config);
  expect(text).not.toMatch(/changeMe|\/etc\/|example\.com|:5432|"grpcPort":72/);
  expect(config).toMatchObject({
    global: {
      authorization: {
        authorizer: 'default',
        claimMapper: 'default',
        jwtKeyProvider: { keySourceURIs: ['http://127.0.0.1:1/keys'] },
      },
      tls: { frontend: { server: { requireClientAuth: true, certFile: '/stand/certificates/temporal/tls.crt' } } },
    },
    services: { 'internal-frontend': { rpc: { grpcPort: 41_001, membershipPort: 21_001 } } },
  });
  const template = parse(readFileSync(join(ROOT, 'deploy/temporal-server.yaml'), 'utf8')) as object;
  expect(Object.keys(config).toSorted()).toEqual(Object.keys(template).toSorted());
});

test('a token says who it is and what it opens, and is known by the keys that are served', async () => {
  const issuer = await startIssuer(closers);
  const token = await issuer.token('worker', ['assist-rollouts:write']);
  const keys = createRemoteJWKSet(new URL(issuer.keysUrl));
  const { payload, protectedHeader } = await jwtVerify(token, keys);
  expect(payload).toMatchObject({ sub: 'worker', permissions: ['assist-rollouts:write'], exp: expect.any(Number) });
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'stand' });
  const foreign = await (await startIssuer(closers)).token('worker', ['temporal-system:admin']);
  await expect(jwtVerify(foreign, keys)).rejects.toThrow('signature');
});

test('each role logs in with its own password alone, and Temporal owns its databases, not ours', async () => {
  const postgres = await startPostgres({ folder, env: process.env, closers, signal: new AbortController().signal });
  const who = (url: string) => asking(url, async (client) => (await client.query('select current_user')).rows);
  for (const [role, url] of Object.entries(postgres.urls))
    expect(await who(url)).toEqual([{ current_user: `assist_${role}` }]);
  const { worker, events, owner } = postgres.urls;
  await expect(who(worker.replace(/:[^:@]+@/, `:${new URL(events).password}@`))).rejects.toThrow(
    'authentication failed',
  );
  await expect(asking(worker, (client) => client.query('create table mine ()'))).rejects.toThrow('no schema');
  await asking(owner, (client) => client.query('create table ours (); drop table ours'));
  const temporal = `postgres://temporal:${postgres.temporalPassword}@127.0.0.1:${postgres.port}`;
  await asking(`${temporal}/temporal_visibility`, (client) =>
    client.query('create table theirs (); drop table theirs'),
  );
  await expect(asking(`${temporal}/assist`, (client) => client.query('select 1'))).rejects.toThrow('permission denied');
});

test('what was tried is told with what was answered', () => {
  const proofs = [
    { what: 'the worker cannot change the audit log', held: true, seen: 'permission denied for table audit' },
    { what: 'histories are in cipher', held: false, seen: '3 of 23 inputs are sealed' },
  ];
  expect(proofLines(proofs, false).slice(2)).toEqual([
    '✔ the worker cannot change the audit log (permission denied for table audit)',
    '✘ histories are in cipher (3 of 23 inputs are sealed)',
  ]);
});
