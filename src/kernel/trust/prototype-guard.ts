/** Objects every module shares: what a plugin changes here, it changes for the server and all other plugins. */
const SHARED: Readonly<Record<string, object>> = {
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  'Function.prototype': Function.prototype,
  'String.prototype': String.prototype,
  'Number.prototype': Number.prototype,
  'Boolean.prototype': Boolean.prototype,
  'Symbol.prototype': Symbol.prototype,
  'Date.prototype': Date.prototype,
  'RegExp.prototype': RegExp.prototype,
  'Error.prototype': Error.prototype,
  'Map.prototype': Map.prototype,
  'Set.prototype': Set.prototype,
  'Promise.prototype': Promise.prototype,
  'Uint8Array.prototype': Uint8Array.prototype,
  Object,
  Array,
  Promise,
  Date,
  JSON,
  Math,
};

type Snapshot = ReadonlyMap<string, ReadonlyMap<PropertyKey, PropertyDescriptor>>;

/** Remembers the built-in prototypes as they are now. */
export const snapshotPrototypes = (): Snapshot =>
  new Map(Object.entries(SHARED).map(([name, object]) => [name, descriptors(object)]));

/** What changed since `before`, as `Array.prototype.last`; and puts everything back as it was. */
export function restorePrototypes(before: Snapshot): string[] {
  // Filled by index: `push` itself may be what was changed.
  const changes: string[] = [];
  for (const [name, object] of Object.entries(SHARED)) {
    const was = before.get(name) ?? new Map<PropertyKey, PropertyDescriptor>();
    for (const [key, descriptor] of descriptors(object)) {
      const old = was.get(key);
      if (old && same(old, descriptor)) continue;
      changes[changes.length] = `${name}.${String(key)}`;
      if (old) Object.defineProperty(object, key, old);
      else Reflect.deleteProperty(object, key);
    }
    for (const [key, descriptor] of was) {
      if (Object.hasOwn(object, key)) continue;
      changes[changes.length] = `${name}.${String(key)}`;
      Object.defineProperty(object, key, descriptor);
    }
  }
  return changes;
}

const descriptors = (object: object): Map<PropertyKey, PropertyDescriptor> =>
  new Map(
    Reflect.ownKeys(object).flatMap((key) => {
      const descriptor = Object.getOwnPropertyDescriptor(object, key);
      return descriptor ? [[key, descriptor] as const] : [];
    }),
  );

const same = (a: PropertyDescriptor, b: PropertyDescriptor): boolean =>
  a.value === b.value &&
  a.get === b.get &&
  a.set === b.set &&
  a.writable === b.writable &&
  a.enumerable === b.enumerable;
