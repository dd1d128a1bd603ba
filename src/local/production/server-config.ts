/** deploy/temporal-server.yaml, which operators begin from, with the ports, paths and secrets of one stand. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../compose/package-root.ts';

export interface ServerParts {
  readonly host: string;
  /** By service: of gRPC, and of the servers among themselves. */
  readonly ports: Readonly<Record<ServerService, { readonly grpc: number; readonly membership: number }>>;
  readonly postgresPort: number;
  readonly postgresPassword: string;
  /** Folder with `tls.crt`, `tls.key` and `ca.crt` of the name `temporal`. */
  readonly certificates: string;
  /** Where the keys of tokens are served. */
  readonly keysUrl: string;
}

/** `internal-frontend`: the server's own worker goes in there, and asks no token. */
export const SERVER_SERVICES = ['frontend', 'internal-frontend', 'history', 'matching', 'worker'] as const;
export type ServerService = (typeof SERVER_SERVICES)[number];

/** What deploy/certificates.sh writes into the server's certificate. */
export const SERVER_NAME = 'temporal';
/** Of a stand that lives for minutes; the number of the file is for years. */
const SHARDS = 16;

const store = z.looseObject({ sql: z.looseObject({ connectAddr: z.string(), password: z.string() }) });
const templateSchema = z.looseObject({
  persistence: z.looseObject({ datastores: z.record(z.string(), store) }),
  global: z.looseObject({ authorization: z.looseObject({ jwtKeyProvider: z.looseObject({}) }) }),
  services: z.record(z.enum(SERVER_SERVICES), z.looseObject({ rpc: z.looseObject({}) })),
  clusterMetadata: z.looseObject({ clusterInformation: z.looseObject({ active: z.looseObject({}) }) }),
});

export async function serverConfig(parts: ServerParts): Promise<object> {
  const { host, ports, postgresPort, postgresPassword, certificates, keysUrl } = parts;
  const deploy = join(packageRoot(), 'deploy');
  const text = await readFile(join(deploy, 'temporal-server.yaml'), 'utf8');
  const template = templateSchema.parse(parse(text.replaceAll('/etc/temporal/certificates', certificates)));
  const { persistence, global, services, clusterMetadata } = template;
  for (const { sql } of Object.values(persistence.datastores))
    Object.assign(sql, { connectAddr: `${host}:${postgresPort}`, password: postgresPassword });
  Object.assign(persistence, { numHistoryShards: SHARDS });
  Object.assign(global.authorization.jwtKeyProvider, { keySourceURIs: [keysUrl] });
  for (const name of SERVER_SERVICES)
    Object.assign(services[name].rpc, { grpcPort: ports[name].grpc, membershipPort: ports[name].membership });
  Object.assign(clusterMetadata.clusterInformation.active, { rpcAddress: `${host}:${ports.frontend.grpc}` });
  return {
    ...template,
    dynamicConfigClient: { filepath: join(deploy, 'temporal-dynamic-config.yaml'), pollInterval: '60s' },
  };
}
