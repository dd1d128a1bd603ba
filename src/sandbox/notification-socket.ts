/** The WebSocket side of a channel, on the organisation's own port: events, heartbeats, pongs. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Channels, ChannelEnd } from './channels.ts';

const METADATA = 'channel.metadata';

export interface SocketServer {
  close(): void;
}

export function serveSockets(server: Server, channels: Channels, heartbeatMs: number): SocketServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const id = /^\/channels\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (id === undefined) return refuse(socket);
    sockets.handleUpgrade(request, socket, head, (ws) => {
      attach(channels, id, ws);
    });
  };
  server.on('upgrade', upgrade);
  const heartbeat = setInterval(() => {
    channels.announce(METADATA, { message: 'WebSocket Heartbeat' });
  }, heartbeatMs);
  return {
    close: () => {
      clearInterval(heartbeat);
      server.off('upgrade', upgrade);
      channels.cutAll();
      sockets.close();
    },
  };
}

/** A channel that does not exist, or no longer: the socket is closed as soon as it is open. */
function attach(channels: Channels, id: string, ws: WebSocket): void {
  const sink: ChannelEnd = {
    send: (text) => {
      ws.send(text);
    },
    cut: () => {
      ws.terminate();
    },
    close: () => {
      ws.close(1000);
    },
  };
  ws.on('error', () => {
    ws.terminate();
  });
  ws.on('close', () => {
    channels.disconnected(id, sink);
  });
  ws.on('message', (data) => {
    const answer = answerTo((data as Buffer).toString('utf8'));
    if (answer !== undefined) ws.send(JSON.stringify({ topicName: METADATA, eventBody: { message: answer } }));
  });
  if (!channels.connect(id, sink)) ws.close(1008, 'unknown channel');
}

function answerTo(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return message === 'ping' ? 'pong' : undefined;
  } catch {
    return undefined;
  }
}

/** Node takes its own listener away: without one, whoever is gone before the answer would end the process. */
function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
  socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
