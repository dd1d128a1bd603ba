/**
 * One keep-alive connection that sends ready-made requests, one after the other: the sender must not be what is
 * measured.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface HttpLane {
  /** Sends the bytes of a whole request; resolves to the status of the answer. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

export async function openLane(port: number): Promise<HttpLane> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  let answered: (status: number) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  let received = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    const status = wholeAnswer(received);
    if (status === null) return;
    received = '';
    answered(status);
  });
  socket.on('error', (error) => failed(error));
  socket.on('close', () => failed(new Error('The service closed the connection.')));
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        answered = resolve;
        failed = reject;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** The status once headers and body are there; null before. */
function wholeAnswer(text: string): number | null {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = text.slice(0, end);
  const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? Number.NaN);
  const whole = Number.isNaN(length) ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + length;
  return whole ? Number(head.slice(9, 12)) : null;
}
