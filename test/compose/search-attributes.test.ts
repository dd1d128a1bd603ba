/** What a Temporal that was emptied beneath its workers has lost is there again, on a real server. */
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
