/** Where the desktop stands, as it tells the pages that it frames. */
export interface HostFacts {
  readonly origin: string;
  readonly targetEnv: string;
  readonly domain: string;
  readonly language: string;
  readonly usePopupAuth: boolean;
}

/** The origin is that at which it is asked. */
export type DesktopSettings = Omit<HostFacts, 'origin'>;

export const DESKTOP: DesktopSettings = {
  targetEnv: 'prod',
  domain: 'mypurecloud.com',
  language: 'en-US',
  usePopupAuth: false,
};
