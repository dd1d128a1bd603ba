/** A TCP proxy that cuts, delays, halves and reorders what passes through it. */
import { createConnection, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { once } from 'node:events';
import type { Random } from '../../src/domain/shared/random.ts';

export interface Weather {
  /** Chance that a connection is cut at one of its pieces. */
  readonly cut: number;
  /** Each piece waits for up to this. */
  readonly delayMs: number;
  /** Chance that a piece goes in two writes, a moment apart. */
  readonly halve: number;
  /** Chance that a piece waits until one of another connection has passed it. */
  readonly reorder: number;
}

export const CALM: Weather = { cut: 0, delayMs: 0, halve: 0, reorder: 0 };

export interface Proxy {
  readonly url: string;
  weather: Weather;
  close(): Promise<void>;
}

const HOLD_MS = 300;
const GAP_MS = 30;

export async function startProxy(target: string, random: Random): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let passed: (() => void)[] = [];
  const proxy = { weather: CALM };

  /** Until somebody else's piece has passed, or nobody's comes. */
  const overtaken = (): Promise<void> =>
    new Promise((resolve) => {
      passed.push(resolve);
      setTimeout(resolve, HOLD_MS);
    });
  const letPass = (): void => {
    const waiting = passed;
    passed = [];
    for (const one of waiting) one();
  };

  async function carry(from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from) {
      const piece = chunk as Buffer;
      const { cut, delayMs, halve, reorder } = proxy.weather;
      if (random.next() < cut) {
        to.destroy();
        from.destroy();
        return;
      }
      if (delayMs > 0) await rest(random.next() * delayMs);
      if (random.next() < reorder) await overtaken();
      else letPass();
      if (random.next() < halve && piece.length > 1) {
        const middle = 1 + Math.floor(random.next() * (piece.length - 1));
        to.write(piece.subarray(0, middle));
        await rest(GAP_MS);
        to.write(piece.subarray(middle));
      } else to.write(piece);
    }
    to.end();
  }

  const server = createServer((inbound) => {
    const outbound = createConnection({ host: hostname, port: Number(port) });
    for (const [one, other] of [
      [inbound, outbound],
      [outbound, inbound],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroySoon();
      });
      carry(one, other).catch(() => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
