/**
 * A receiver on TCP or TLS: syslog with octet counting (RFC 5425, RFC 6587), the other formats one record a line. TCP
 * has no
 * answer of its own, so a batch counts as delivered when the receiver has closed its side after we closed ours: it has
 * read to the end.
 */
import net from 'node:net';
import tls from 'node:tls';
import { AuditError } from '../audit/errors.ts';
import type { Format } from './destination.ts';
import type { Sink } from './sink.ts';

export interface LogSocketOptions {
  readonly kind: 'tcp' | 'tls';
  readonly host: string;
  readonly port: number;
  readonly format: Format;
  /** PEM of the authority that signed the receiver's certificate; else those that Node.js knows. */
  readonly ca?: string | undefined;
  readonly timeoutMs?: number;
}

export function socketSink(options: LogSocketOptions): Sink {
  return {
    resume: () => Promise.resolve(null),
    send: ({ texts }) => deliver(options, texts.map((text) => frame(text, options.format)).join('')),
  };
}

export function frame(text: string, format: Format): string {
  return format === 'syslog' ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`;
}

function deliver(options: LogSocketOptions, bytes: string): Promise<void> {
  const { kind, host, port, timeoutMs = 30_000 } = options;
  return new Promise((resolve, reject) => {
    let ended = false;
    const socket = connect(options);
    const fail = (what: string, cause?: unknown): void => {
      socket.destroy();
      reject(
        new AuditError(
          'ship-refused',
          `${kind}://${host}:${port} ${what}.`,
          'Mend the receiver and ship again: it goes on where it stopped.',
          { cause },
        ),
      );
    };
    socket.setTimeout(timeoutMs, () => fail(`did not take the records and close within ${timeoutMs} ms`));
    socket.on('error', (error) => fail(`could not be written to: ${error.message}`, error));
    socket.on('end', () => {
      ended = socket.writableFinished;
    });
    socket.on('close', (hadError) => {
      if (!hadError && ended) resolve();
      else fail('closed before it had everything');
    });
    socket.resume();
    socket.end(bytes);
  });
}

function connect({ kind, host, port, ca }: LogSocketOptions): net.Socket {
  if (kind === 'tcp') return net.connect({ host, port, allowHalfOpen: true });
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  return tls.connect({ host, port, minVersion: 'TLSv1.2', ...servername, ...(ca ? { ca } : {}) });
}
