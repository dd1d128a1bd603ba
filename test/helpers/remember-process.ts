/** Test files that run one after another in a process share its globals: none finds what another has left there. */

/** How the process is now. What is answered brings it back to that. */
export function rememberProcess(): () => void {
  const restore = [rememberGlobals(), rememberEnv(), rememberListeners()];
  const exit: unknown = Reflect.get(process, 'exit');
  const { exitCode } = process;
  return () => {
    for (const one of restore) one();
    Object.assign(process, { exit, exitCode });
  };
}

function rememberGlobals(): () => void {
  const before = Object.getOwnPropertyDescriptors(globalThis) as Record<string | symbol, PropertyDescriptor>;
  return () => {
    for (const key of Reflect.ownKeys(globalThis)) {
      const descriptor = before[key];
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, key);
      else if (descriptor.configurable === true) Object.defineProperty(globalThis, key, descriptor);
    }
  };
}

function rememberEnv(): () => void {
  const before = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

function rememberListeners(): () => void {
  const before = new Set(listenersOfProcess().map(({ listener }) => listener));
  return () => {
    for (const { event, listener } of listenersOfProcess()) {
      if (!before.has(listener)) process.removeListener(event, listener);
    }
  };
}

type Listener = (...args: unknown[]) => void;

function listenersOfProcess(): readonly { readonly event: string | symbol; readonly listener: Listener }[] {
  return process
    .eventNames()
    .flatMap((event) => process.rawListeners(event).map((listener) => ({ event, listener: listener as Listener })));
}
