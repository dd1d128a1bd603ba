/** Who says what a process may do in Temporal: tokens that it signs, and the keys by which the server knows them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import type { Closers } from '../../compose/closers.ts';

const KEY_ID = 'stand';
const LIFE = '24h';

export interface Issuer {
  /** Where its public keys are served. */
  readonly keysUrl: string;
  /** Such as `temporal-system:admin` or `<namespace>:write`: the server's own claim mapper reads them. */
  token(subject: string, permissions: readonly string[]): Promise<string>;
}

export async function startIssuer(closers: Closers): Promise<Issuer> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' }] });
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(keys);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.add('token issuer', () => {
    server.closeAllConnections();
    return new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return {
    keysUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    token: (subject, permissions) =>
      new SignJWT({ permissions })
        .setProtectedHeader({ alg: 'ES256', kid: KEY_ID })
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(LIFE)
        .sign(privateKey),
  };
}
