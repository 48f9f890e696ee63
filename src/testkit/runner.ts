type Body = () => void | Promise<void>;

interface Runner {
  describe(name: string, body: () => void): void;
  it(name: string, body: Body): void;
}

/** The `describe` and `it` of whatever runs the tests: Jest as it is, other runners with their globals switched on. */
export function runner(): Runner {
  const { describe, it } = globalThis as Partial<Runner>;
  if (typeof describe !== 'function' || typeof it !== 'function')
    throw new Error(
      'the test kit needs the globals "describe" and "it": run it with Jest, or switch on the globals of your runner',
    );
  return { describe, it };
}
