/** LISTEN on a connection of its own that comes back by itself. */
import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { backOffMs } from '../domain/shared/back-off.ts';
import { PIN_SESSION } from './session.ts';

type OnNotify = (payload: string) => void;

export interface Listener {
  listen(channel: string, onNotify: OnNotify): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const RETRY = { firstMs: 100, maxMs: 5_000 };

/**
 * Notifications sent while the connection was away are lost for good, so after every reconnection each callback is
 * woken once with an empty payload: "look for yourself".
 */
export function createListener(config: ClientConfig, random: () => number): Listener {
  const channels = new Map<string, Set<OnNotify>>();
  let client: Promise<Client> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let retries = 0;
  let closed = false;

  const wake = (channel: string, payload: string): void => {
    for (const onNotify of channels.get(channel) ?? []) onNotify(payload);
  };

  const lost = (): void => {
    client = undefined;
    if (closed || channels.size === 0 || retry) return;
    retry = setTimeout(
      () => {
        retry = undefined;
        void comeBack();
      },
      backOffMs(retries++, RETRY, random()),
    );
  };

  const connect = async (): Promise<Client> => {
    const fresh = new Client(config);
    let gone = false;
    const onGone = (): void => {
      if (gone) return;
      gone = true;
      fresh.end().catch(() => undefined);
      lost();
    };
    fresh.on('notification', ({ channel, payload }) => wake(channel, payload ?? ''));
    fresh.on('error', onGone);
    fresh.on('end', onGone);
    try {
      await fresh.connect();
      await fresh.query(PIN_SESSION);
      for (const channel of channels.keys()) await fresh.query(`listen ${quoted(channel)}`);
    } catch (error) {
      onGone();
      throw error;
    }
    retries = 0;
    return fresh;
  };

  const comeBack = async (): Promise<void> => {
    if (closed || client) return;
    client = connect();
    try {
      await client;
      for (const channel of channels.keys()) wake(channel, '');
    } catch {
      // The connection has told `lost` itself.
    }
  };

  return {
    async listen(channel, onNotify) {
      const known = channels.get(channel);
      const callbacks = known ?? new Set<OnNotify>();
      callbacks.add(onNotify);
      channels.set(channel, callbacks);
      const hadClient = client !== undefined;
      client ??= connect();
      try {
        const connection = await client;
        if (hadClient && !known) await connection.query(`listen ${quoted(channel)}`);
      } catch {
        // Not there yet, or gone again: reconnecting listens to every channel in the map.
      }
      return async () => {
        callbacks.delete(onNotify);
        if (callbacks.size > 0 || channels.get(channel) !== callbacks) return;
        channels.delete(channel);
        await (await client?.catch(() => undefined))?.query(`unlisten ${quoted(channel)}`).catch(() => undefined);
      };
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      await (await client?.catch(() => undefined))?.end().catch(() => undefined);
    },
  };
}

function quoted(channel: string): string {
  return `"${channel.replaceAll('"', '""')}"`;
}
