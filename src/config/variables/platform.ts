/** What everything runs on: Temporal, the database, the organisation, and the way to it. */
import { MIN_CALLS_PER_MINUTE } from '../../genesys/token-bucket.ts';
import { deploymentName, flag, httpUrl, list, looseFlag, path, postgresUrl, text, wholeNumber } from '../shapes.ts';
import { besideSecret, optional, secret, withDefault } from '../variable.ts';

export const PLATFORM = {
  TEMPORAL_ADDRESS: optional('temporal.address', text, {
    meaning: 'host and port of Temporal; with the others of `TEMPORAL_*` the standard configuration of its clients',
    unset: '`localhost:7233`, or that of the profile',
  }),
  TEMPORAL_NAMESPACE: optional('temporal.namespace', text, {
    meaning: 'its namespace',
    unset: '`default`, or that of the profile',
  }),
  TEMPORAL_API_KEY: secret('temporal.apiKey', text, { meaning: 'of Temporal Cloud; switches TLS on' }),
  TEMPORAL_TLS: optional('temporal.tls', looseFlag, {
    meaning: 'whether TLS is spoken',
    unset: 'with an API key or a certificate',
  }),
  TEMPORAL_TLS_CLIENT_CERT_PATH: optional('temporal.tlsClientCert', path, { meaning: 'certificate of this client' }),
  TEMPORAL_TLS_CLIENT_KEY_PATH: optional('temporal.tlsClientKey', path, { meaning: 'its private key' }),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: optional('temporal.tlsServerCa', path, {
    meaning: "the server's authority",
    unset: 'those of the system',
  }),
  TEMPORAL_TLS_SERVER_NAME: optional('temporal.tlsServerName', text, { meaning: 'name in its certificate' }),
  TEMPORAL_PROFILE: optional('temporal.profile', text, {
    meaning: "profile of Temporal's own configuration file",
    unset: '`default`',
  }),
  TEMPORAL_CONFIG_FILE: optional('temporal.configFile', path, {
    meaning: 'that file',
    unset: "where Temporal's own command line keeps it",
  }),
  TEMPORAL_CODEC_KEYS: secret('temporal.codecKeys', text, {
    meaning:
      'keys that histories are in cipher with, one a line (`id: base64 of 32 bytes`); the first seals, all open: ' +
      '[cipher.md](cipher.md)',
    unset: 'histories are in the clear',
  }),
  TEMPORAL_DEPLOYMENT_NAME: optional('temporal.deploymentName', deploymentName, {
    meaning:
      'workers say which build they are, under this name, and rollouts stay on the build that they began on; the same ' +
      'name for all of them: [upgrades.md](upgrades.md)',
    unset: 'workers say no build',
  }),
  TEMPORAL_WORKER_BUILD_ID: optional('temporal.workerBuildId', text, {
    meaning: 'how this build is called there',
    unset: "the release and a digest of its workflows' code",
  }),
  TEMPORAL_UI_URL: optional('temporal.uiUrl', httpUrl, {
    meaning: 'base of the Web UI, for links',
    unset: '`http://localhost:8233` beside a local server',
  }),
  DATABASE_URL: secret('database.url', postgresUrl, {
    meaning: 'the PostgreSQL that `worker`, `events`, `panel` and `responder` share',
    unset: 'needed by each; `dev` and `demo` embed one',
  }),
  ASSIST_ROLLOUTS_HOME: optional('home', path, {
    meaning: 'where `dev` keeps its data',
    unset: '`$XDG_DATA_HOME/assist-rollouts`, else `~/.local/share/assist-rollouts`',
  }),
  GENESYS_REGION: optional('genesys.region', text, {
    meaning:
      'region or domain of the organisation: `eu-west-1`, `mypurecloud.ie`, or its address as a browser shows it',
    unset: 'needed by `worker`, `panel` and `responder`, unless both URLs are set',
  }),
  GENESYS_CLIENT_ID: besideSecret('genesys.clientId', text, {
    meaning:
      'the OAuth client (client credentials). Without `routing:queue:view` and `routing:skill:view` the ids in ' +
      'triggers are not looked up',
    unset: 'needed by `worker`, `panel` and `responder`',
  }),
  GENESYS_CLIENT_SECRET: secret('genesys.clientSecret', text, { meaning: 'its secret', unset: 'needed by the same' }),
  GENESYS_LOGIN_URL: optional('genesys.loginUrl', httpUrl, { meaning: 'a host of its own; wins over the region' }),
  GENESYS_API_URL: optional('genesys.apiUrl', httpUrl, { meaning: 'a host of its own; wins over the region' }),
  GENESYS_SANDBOX: optional('genesys.sandbox', flag, {
    meaning:
      '`true`: the organisation is a sandbox, so plain http and the secrets of examples are taken; not beside ' +
      '`GENESYS_REGION`',
    unset: 'true where both URLs are of this machine, else false',
  }),
  GENESYS_CALLS_PER_MINUTE: withDefault('genesys.callsPerMinute', wholeNumber(MIN_CALLS_PER_MINUTE, 60_000), '300', {
    meaning: `of this client, over all workers; ${MIN_CALLS_PER_MINUTE} to 60,000`,
  }),
  HTTPS_PROXY: optional('proxy.https', text, {
    meaning:
      'the proxy through which the organisation is asked, its sockets too: `http://user:password@proxy.example:3128`. ' +
      'Lower case works too, and wins',
    unset: 'directly',
  }),
  HTTP_PROXY: optional('proxy.http', text, { meaning: 'the same for plain http', unset: 'directly' }),
  NO_PROXY: optional('proxy.except', list, {
    meaning: 'hosts that are asked directly (`internal.example,host:8443`, `*`: all). This machine always is',
    unset: 'none',
  }),
};
