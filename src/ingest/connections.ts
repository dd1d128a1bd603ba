/**
 * How many connections there are at once. Where there are too many one is closed to let a new one in: of the address
 * that has most of
 * them, the oldest that has proven nothing, then the one that was genuine longest ago; never one whose push is being
 * stored. So whoever
 * opens a thousand closes their own, even where a genuine sender comes from the same address.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  readonly most: number;
  readonly maxPerAddress: number;
}

export interface Connections {
  /** A genuine push came over it: it is left alone until what is returned is called. */
  proven(socket: Socket): () => void;
  /** How many were closed to let others in. */
  readonly cut: number;
}

/** The connections of one address, each set in the order in which they are closed. */
interface Group {
  readonly address: string;
  readonly unproven: Set<Socket>;
  readonly proven: Set<Socket>;
  readonly busy: Set<Socket>;
}

/** Between our limit and the one that the system keeps unseen: what is being closed still counts there. */
const CLOSING = 1_024;

export function limitConnections(server: Server, { most, maxPerAddress }: ConnectionLimits): Connections {
  const groups = new Map<string, Group>();
  const groupOf = new Map<Socket, Group>();
  let cut = 0;
  server.maxConnections = most + CLOSING;

  const forget = (socket: Socket): void => {
    const group = groupOf.get(socket);
    if (group === undefined) return;
    groupOf.delete(socket);
    for (const set of [group.unproven, group.proven, group.busy]) set.delete(socket);
    if (sizeOf(group) === 0) groups.delete(group.address);
  };
  const closeOne = (group: Group | undefined): boolean => {
    const [socket] = group === undefined ? [] : [...first(group.unproven), ...first(group.proven)];
    if (socket === undefined) return false;
    cut += 1;
    forget(socket);
    socket.destroy();
    return true;
  };
  const hasRoom = (group: Group | undefined): boolean =>
    (group === undefined || sizeOf(group) < maxPerAddress || closeOne(group)) &&
    (groupOf.size < most || closeOne(largest(groups)));

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (!hasRoom(groups.get(address))) return void socket.destroy();
    const group = groups.get(address) ?? { address, unproven: new Set(), proven: new Set(), busy: new Set() };
    groups.set(address, group);
    groupOf.set(socket, group);
    group.unproven.add(socket);
    socket.once('close', () => forget(socket));
  });

  return {
    get cut() {
      return cut;
    },
    proven(socket) {
      const group = groupOf.get(socket);
      if (group === undefined) return () => undefined;
      group.unproven.delete(socket);
      group.proven.delete(socket);
      group.busy.add(socket);
      return () => {
        if (group.busy.delete(socket) && groupOf.has(socket)) group.proven.add(socket);
      };
    },
  };
}

function sizeOf({ unproven, proven, busy }: Group): number {
  return unproven.size + proven.size + busy.size;
}

function first(sockets: ReadonlySet<Socket>): Socket[] {
  const [socket] = sockets;
  return socket === undefined ? [] : [socket];
}

/** That with most connections that proved nothing; where none has any, that with most that did. */
function largest(groups: ReadonlyMap<string, Group>): Group | undefined {
  let found: Group | undefined;
  for (const group of groups.values()) {
    const more =
      found === undefined ? 1 : group.unproven.size - found.unproven.size || group.proven.size - found.proven.size;
    if (more > 0) found = group;
  }
  return found;
}
