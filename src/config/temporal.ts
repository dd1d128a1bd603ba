/** Where Temporal is: the standard variables and profiles of its clients. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import type { CodecKey } from '../codec/keys.ts';
import { readCipher } from './cipher.ts';
import type { ConfigProblem } from './error.ts';
import type { Env } from './secrets.ts';
import type { Variables } from './variables.ts';

export interface TemporalConfig {
  readonly connectionOptions: ClientConnectConfig['connectionOptions'];
  /** As shown to people; `localhost:7233` when nothing else is set. */
  readonly address: string;
  readonly namespace: string;
  /** Base of the Web UI; null when it cannot be known. */
  readonly uiUrl: string | null;
  /** Where the SDK serves its own metrics; absent: nowhere. */
  readonly metricsAddress?: string;
  /** What histories are in cipher with; absent: they are not. */
  readonly codecKeys?: readonly CodecKey[];
  /** What workers say of their build; absent: nothing. */
  readonly deployment?: DeploymentSetting;
}

export interface DeploymentSetting {
  readonly name: string;
  /** Null: what the program calls itself. */
  readonly buildId: string | null;
}

export function readTemporal(env: Env, parsed: Variables, problems: ConfigProblem[]): TemporalConfig {
  const codecKeys = readCipher(env, problems);
  const fallback = { connectionOptions: {}, address: 'localhost:7233', namespace: 'default', uiUrl: null };
  try {
    const defined = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: defined });
    const address = connectionOptions.address ?? fallback.address;
    return {
      connectionOptions: { ...connectionOptions, address },
      address,
      namespace: namespace ?? fallback.namespace,
      uiUrl: parsed.TEMPORAL_UI_URL ?? localUi(address),
      ...(parsed.METRICS_TEMPORAL_PORT !== undefined && {
        metricsAddress: `${parsed.METRICS_HOST}:${parsed.METRICS_TEMPORAL_PORT}`,
      }),
      ...(codecKeys.length > 0 && { codecKeys }),
      ...deploymentOf(parsed, problems),
    };
  } catch (error) {
    problems.push({
      name: 'TEMPORAL_*',
      message: `the Temporal client configuration cannot be read: ${(error as Error).message}`,
    });
    return fallback;
  }
}

function deploymentOf(
  { TEMPORAL_DEPLOYMENT_NAME: name, TEMPORAL_WORKER_BUILD_ID: buildId }: Variables,
  problems: ConfigProblem[],
): Pick<TemporalConfig, 'deployment'> {
  if (name !== undefined) return { deployment: { name, buildId: buildId ?? null } };
  if (buildId !== undefined)
    problems.push({
      name: 'TEMPORAL_WORKER_BUILD_ID',
      message: 'is set without TEMPORAL_DEPLOYMENT_NAME, which names what the build is one of; set both or neither',
    });
  return {};
}

/** A local dev server shows its Web UI on the port 1000 above. */
function localUi(address: string): string | null {
  return /^(localhost|127\.0\.0\.1):7233$/.test(address) ? 'http://localhost:8233' : null;
}
