import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key under which a route's policy is stored; the core reads it from the live route table. */
export const POLICY = 'alcove:policy';

/** Who may call a route. Exactly one per handler. */
export type RoutePolicy =
  | {
      readonly kind: 'access';
      readonly anyOf: readonly string[];
      readonly background?: boolean;
      /** The person must have proved who they are within the last minutes. */
      readonly fresh?: boolean;
      /** Only machines with an API key call this route; without it, only people do. */
      readonly keys?: boolean;
    }
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'webhook'; readonly slot: string };

const decorated = new WeakSet<object>();

/** Two policies on one handler would silently be the upper one; importing such a controller fails instead. */
const policy = (value: RoutePolicy): CustomDecorator => {
  const set = SetMetadata(POLICY, value);
  const once = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor): void => {
    const handler = (descriptor?.value ?? target) as object;
    if (decorated.has(handler)) throw new Error(`${String(key ?? 'a class')} has more than one access policy`);
    decorated.add(handler);
    if (key !== undefined && descriptor) set(target, key, descriptor);
    else set(target as new () => object);
  };
  return Object.assign(once, { KEY: POLICY }) as CustomDecorator;
};

/**
 * Only signed-in people with one of these permissions. The object itself is checked again in the service.
 *
 * @example
 * ```ts
 * @Get('calendar') @Access('calendar:read')
 * ```
 */
export const Access = (...anyOf: [string, ...string[]]): CustomDecorator => policy({ kind: 'access', anyOf });

/** As `Access`, for requests that a page makes by itself (polling, live streams): they do not keep a session from going idle. */
export const BackgroundAccess = (...anyOf: [string, ...string[]]): CustomDecorator =>
  policy({ kind: 'access', anyOf, background: true });

/**
 * As `Access`, for what must not be done from a browser somebody left open: exports, keys, roles, bank, emergency access. Who has not
 * proved who they are within the last five minutes is asked to, and comes back with what they typed.
 */
export const FreshAccess = (...anyOf: [string, ...string[]]): CustomDecorator =>
  policy({ kind: 'access', anyOf, fresh: true });

/** Only service principals, by an API key whose scopes hold one of these permissions. No cookie counts here and no CSRF token is asked for. */
export const KeyAccess = (...anyOf: [string, ...string[]]): CustomDecorator =>
  policy({ kind: 'access', anyOf, keys: true });

/** Anybody may call this route; the reason is printed in the route table and reviewed. */
export const Public = (reason: string): CustomDecorator => policy({ kind: 'public', reason });

/** A machine calls this route with a raw body that the provider of `slot` verifies. */
export const Webhook = (slot: string): CustomDecorator => policy({ kind: 'webhook', slot });
