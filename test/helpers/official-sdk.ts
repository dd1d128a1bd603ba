/** The official JavaScript SDK, pointed at a server of this machine. It is one client for a whole test file. */
import platformClient from 'purecloud-platform-client-v2';

export type OfficialSdk = typeof platformClient;

/** Logged in with client credentials. */
export async function officialSdk(
  url: string,
  { id, secret }: { readonly id: string; readonly secret: string } = { id: 'sandbox-client', secret: 'sandbox-secret' },
): Promise<OfficialSdk> {
  const client = platformClient.ApiClient.instance;
  client.config.live_reload_config = false;
  const { hostname, port } = new URL(url);
  client.setGateway({ host: hostname, protocol: 'http', port: Number(port) });
  await client.loginClientCredentialsGrant(id, secret);
  return platformClient;
}
