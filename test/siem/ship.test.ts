import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { readCheckpointFile } from '../../src/audit/checkpoint-file.ts';
import { generateKey } from '../../src/audit/note.ts';
import { checkpointNow } from '../../src/audit/sign.ts';
import { verifyDatabase } from '../../src/audit/verify.ts';
import { parseDestination } from '../../src/siem/destination.ts';
import type { Format } from '../../src/siem/destination.ts';
import { fileSink } from '../../src/siem/file-sink.ts';
import { httpSink } from '../../src/siem/http-sink.ts';
import { ship } from '../../src/siem/ship.ts';
import type { Shipping } from '../../src/siem/ship.ts';
import type { Sink } from '../../src/siem/sink.ts';
import { socketSink } from '../../src/siem/socket-sink.ts';
import { describeEachStore } from '../helpers/database.ts';
import { NOON } from '../helpers/events.ts';
import { startScriptedServer } from '../helpers/scripted-server.ts';
import { appendMany, useFolder, whileTampered } from '../audit/helpers.ts';
import { parseCef, parseSyslog, splitOctetCounted } from './parsers.ts';

const { signer } = generateKey('log.example/audit');
const sender = { origin: signer.name, host: 'host-1', productVersion: '0.1.0' };
const to = (sink: Sink, format: Format, destination: string): Shipping => ({
  sink,
  format,
  destination,
  sender,
  now: () => NOON,
});
const ids = (from: number, end: number): string[] =>
  Array.from({ length: end - from }, (_, n) => `log.example/audit:e${from + n}`);
const uid = (line: string): string => (JSON.parse(line) as { metadata: { uid: string } }).metadata.uid;

/** A receiver that keeps what each connection brought. */
async function startReceiver(
  listen: (onSocket: (socket: net.Socket) => void) => net.Server,
): Promise<{ port: number; got: Buffer[]; close(): Promise<void> }> {
  const got: Buffer[] = [];
  const server = listen((socket) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => got.push(Buffer.concat(chunks)));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    got,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

describeEachStore('shipping the audit log', (db) => {
  const file = useFolder();
  beforeAll(async () => {
    await appendMany(db(), 0, 30);
    await checkpointNow(db(), signer, { now: () => NOON });
  });

  test.each<[Format, (line: string) => string | undefined]>([
    ['ocsf', uid],
    ['cef', (line) => parseCef(line).extension['externalId']],
    ['syslog', (line) => parseSyslog(line).params['id']],
  ])('a file of %s holds each record once, wherever a crash cut it off', async (format, idOf) => {
    const path = file(format);
    const shipping = to(fileSink(path, format, signer.name), format, `file:${path}`);
    expect(await ship(db(), shipping)).toMatchObject({ entries: 30, checkpoints: 1 });
    const whole = readFileSync(path, 'utf8');
    expect(whole.split('\n').slice(0, -1).map(idOf)).toEqual([...ids(0, 30), 'log.example/audit:c30']);
    expect(await ship(db(), shipping)).toMatchObject({ entries: 0, checkpoints: 0 });
    for (const cut of [0, 1, 700, Math.floor(whole.length / 2), whole.length - 1]) {
      writeFileSync(path, Buffer.from(whole).subarray(0, cut));
      await ship(db(), shipping);
      expect(readFileSync(path, 'utf8')).toBe(whole);
    }
    appendFileSync(path, "someone else's line\n");
    await expect(ship(db(), shipping)).rejects.toThrow(expect.objectContaining({ code: 'ship-file-foreign' }) as Error);
  });

  test('over HTTP a batch that was not accepted comes again with the same ids, and what was accepted does not', async () => {
    let accepts = false;
    const server = await startScriptedServer(() => ({ status: accepts ? 200 : 400, body: {} }));
    try {
      const shipping = to(httpSink({ url: new URL(server.url), format: 'cef', token: 't0ken' }), 'cef', server.url);
      await expect(ship(db(), shipping)).rejects.toThrow(
        expect.objectContaining({
          code: 'ship-refused',
          message: expect.stringContaining('answered 400') as string,
        }) as Error,
      );
      accepts = true;
      expect(await ship(db(), shipping)).toMatchObject({ entries: 30, checkpoints: 1 });
      expect(await ship(db(), shipping)).toMatchObject({ entries: 0, checkpoints: 0 });
      const [first, second] = server.requests;
      expect(server.requests).toHaveLength(2);
      expect(second?.text).toBe(first?.text);
      expect(second?.headers).toMatchObject({
        'idempotency-key': first?.headers['idempotency-key'],
        authorization: 'Bearer t0ken',
      });
      expect(
        second?.text
          .split('\n')
          .slice(0, 30)
          .map((line) => parseCef(line).extension['externalId']),
      ).toEqual(ids(0, 30));
    } finally {
      await server.close();
    }
  });

  test('an answer that is too long is cut off', async () => {
    const server = await startScriptedServer(() => ({
      status: 200,
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
    }));
    try {
      await expect(
        ship(db(), to(httpSink({ url: new URL(server.url), format: 'cef' }), 'cef', server.url)),
      ).rejects.toThrow('answered with more than 1 MiB, which was cut off');
    } finally {
      await server.close();
    }
  });

  test('a redirect is not followed', async () => {
    const other = await startScriptedServer(() => ({}));
    const server = await startScriptedServer(() => ({ status: 307, headers: { location: other.url } }));
    try {
      await expect(
        ship(db(), to(httpSink({ url: new URL(server.url), format: 'cef' }), 'cef', server.url)),
      ).rejects.toThrow('redirects are not followed');
      expect(other.requests).toHaveLength(0);
    } finally {
      await server.close();
      await other.close();
    }
  });

  test('over TCP syslog is octet-counted, and a receiver that hangs up early gets all of it again', async () => {
    let broken = true;
    const receiver = await startReceiver((onSocket) =>
      net.createServer((socket) => {
        if (broken) socket.resetAndDestroy();
        else onSocket(socket);
      }),
    );
    try {
      const shipping = to(
        socketSink({ kind: 'tcp', host: '127.0.0.1', port: receiver.port, format: 'syslog' }),
        'syslog',
        'tcp',
      );
      await expect(ship(db(), shipping)).rejects.toThrow(expect.objectContaining({ code: 'ship-refused' }) as Error);
      broken = false;
      expect(await ship(db(), shipping)).toMatchObject({ entries: 30, checkpoints: 1 });
      const messages = receiver.got.flatMap(splitOctetCounted).map((text) => parseSyslog(text).params['id']);
      expect(messages).toEqual([...ids(0, 30), 'log.example/audit:c30']);
    } finally {
      await receiver.close();
    }
  });

  test('over TLS only a receiver whose certificate is vouched for gets anything', async () => {
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=127.0.0.1',
        '-addext',
        'subjectAltName=IP:127.0.0.1',
        '-keyout',
        file('tls.key'),
        '-out',
        file('tls.crt'),
      ],
      { stdio: 'ignore' },
    );
    const [key, cert] = [readFileSync(file('tls.key'), 'utf8'), readFileSync(file('tls.crt'), 'utf8')];
    const receiver = await startReceiver((onSocket) =>
      tls.createServer({ key, cert }, onSocket).on('tlsClientError', () => undefined),
    );
    try {
      const options = { kind: 'tls', host: '127.0.0.1', port: receiver.port, format: 'cef' } as const;
      await expect(ship(db(), to(socketSink(options), 'cef', 'tls'))).rejects.toThrow('self-signed certificate');
      expect(Buffer.concat(receiver.got)).toHaveLength(0);
      expect(await ship(db(), to(socketSink({ ...options, ca: cert }), 'cef', 'tls'))).toMatchObject({
        entries: 30,
        checkpoints: 1,
      });
      expect(
        Buffer.concat(receiver.got)
          .toString()
          .split('\n')
          .slice(0, 30)
          .map((line) => parseCef(line).extension['externalId']),
      ).toEqual(ids(0, 30));
    } finally {
      await receiver.close();
    }
  });

  test('what the SIEM got as OCSF names an entry that was rewritten together with its hashes', async () => {
    await ship(db(), to(fileSink(file('copy'), 'ocsf', signer.name), 'ocsf', 'copy'));
    const kept = await readCheckpointFile(file('copy'));
    expect([kept.notes.length, kept.leaves.length]).toEqual([1, 30]);
    const verdict = await whileTampered(
      db(),
      async (trx) => {
        await trx.query("update audit set line = replace(line, 'kim', 'eve'), actor = 'eve' where leaf = 11");
        await trx.query('delete from audit_nodes');
        await trx.query('select add_audit_leaf(leaf, line) from audit order by leaf');
      },
      (trx) => verifyDatabase(trx, { verifier: signer, kept }),
    );
    expect(verdict.findings).toMatchObject([{ kind: 'edited', leaf: 11, key: 'r1/11' }]);
  });

  test('nothing behind a missing entry is shipped', async () => {
    const outcome = await whileTampered(
      db(),
      (trx) => trx.query('delete from audit where leaf = 12'),
      (trx) =>
        ship(
          { ...db(), query: (sql, params) => trx.query(sql, params) },
          to(fileSink(file('gap'), 'ocsf', signer.name), 'ocsf', 'gap'),
        ).then(
          () => 'shipped',
          (error: Error) => error.message,
        ),
    );
    expect(outcome).toContain('Entry 12 of the audit log is missing');
  });
});

test.each([
  ['file:/var/log/audit.ocsf', { kind: 'file', path: '/var/log/audit.ocsf' }],
  ['file:///var/log/audit.ocsf', { kind: 'file', path: '/var/log/audit.ocsf' }],
  ['https://siem.example/in?token=x', { kind: 'http', name: expect.not.stringContaining('token') as string }],
  ['tls://siem.example', { kind: 'tls', host: 'siem.example', port: 6514 }],
  ['tcp://[::1]:514', { kind: 'tcp', host: '::1', port: 514 }],
])('%s is a destination', (text, destination) => {
  expect(parseDestination(text)).toMatchObject(destination);
});

test.each([
  'http://siem.example/in',
  'https://user:secret@siem.example',
  'ftp://x',
  'tcp://siem.example',
  'tcp://siem.example:514',
  'tcp://127.0.0.1.evil.example:514',
  'siem',
  'file:',
  'javascript:alert(1)',
])('%s is none', (text) => {
  expect(() => parseDestination(text)).toThrow(
    expect.objectContaining({
      code: 'ship-destination-invalid',
      message: expect.not.stringContaining('secret') as string,
    }) as Error,
  );
});
