/** What a Temporal that was emptied beneath its workers has lost is there again, on a real server. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Client } from '@temporalio/client';
import { keepSearchAttributes } from '../../src/compose/search-attributes.ts';
import { untilHolds } from '../helpers/outside.ts';
import { patientClient, patientConnection } from '../helpers/patient-client.ts';
import { testTemporal } from '../helpers/temporal.ts';

const NAME = 'AssistPhase';

interface Operator {
  readonly operatorService: {
    listSearchAttributes(request: object): Promise<{ customAttributes?: object | null }>;
    removeSearchAttributes(request: object): Promise<unknown>;
  };
}

function operatorOf({ connection }: Client): Operator['operatorService'] {
  return (connection as unknown as Operator).operatorService;
}

test('search attributes that are gone come back while the worker runs', async () => {
  const { address, namespace } = await testTemporal();
  const connection = await patientConnection(address);
  const operator = operatorOf(patientClient({ connection, namespace }));
  const isThere = async (): Promise<boolean> => {
    const { customAttributes } = await operator.listSearchAttributes({ namespace });
    return NAME in (customAttributes ?? {});
  };
  const warned: unknown[] = [];
  const config = { connectionOptions: { address }, address, namespace, uiUrl: null };
  const keeper = await keepSearchAttributes(config, { warn: (...said: unknown[]) => void warned.push(said) }, 200);
  try {
    expect(await isThere()).toBe(true);
    await operator.removeSearchAttributes({ namespace, searchAttributes: [NAME] });
    await untilHolds('it is there again', isThere);
    expect(warned).toEqual([]);
  } finally {
    await keeper.close();
    await connection.close();
  }
});

test('all looks go over one connection', async () => {
  const { address, namespace } = await testTemporal();
  const [host = '', port = ''] = address.split(':');
  const sockets: Socket[] = [];
  let bytes = 0;
  const way = createServer((socket) => {
    const onwards = connect(Number(port), host);
    socket.on('data', (chunk) => void (bytes += chunk.length));
    for (const [from, to] of [
      [socket, onwards],
      [onwards, socket],
    ] as const)
      from
        .on('error', () => undefined)
        .on('close', () => to.destroy())
        .pipe(to);
    sockets.push(socket);
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  const through = `127.0.0.1:${(way.address() as AddressInfo).port}`;
  const config = { connectionOptions: { address: through }, address: through, namespace, uiUrl: null };
  const keeper = await keepSearchAttributes(config, { warn: () => undefined }, 50);
  try {
    const first = bytes;
    await untilHolds('it has looked many times', () => Promise.resolve(bytes > 3 * first));
    expect(sockets).toHaveLength(1);
  } finally {
    await keeper.close();
    for (const socket of sockets) socket.destroy();
    way.close();
  }
});
