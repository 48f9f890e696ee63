import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata key under which a route's policy is stored; the core reads it from the live route table. */
export const POLICY = 'alcove:policy';

/** Who may call a route. Exactly one per handler. */
export type RoutePolicy =
  | { readonly kind: 'access'; readonly anyOf: readonly string[]; readonly background?: boolean }
  | { readonly kind: 'public'; readonly reason: string }
  | { readonly kind: 'webhook'; readonly slot: string };

/**
 * Only signed-in people with one of these permissions. The object itself is checked again in the service.
 *
 * @example
 * ```ts
 * @Get('calendar') @Access('calendar:read')
 * ```
 */
export const Access = (...anyOf: [string, ...string[]]): CustomDecorator =>
  SetMetadata(POLICY, { kind: 'access', anyOf } satisfies RoutePolicy);

/** As `Access`, for requests that a page makes by itself (polling, live streams): they do not keep a session from going idle. */
export const BackgroundAccess = (...anyOf: [string, ...string[]]): CustomDecorator =>
  SetMetadata(POLICY, { kind: 'access', anyOf, background: true } satisfies RoutePolicy);

/** Anybody may call this route; the reason is printed in the route table and reviewed. */
export const Public = (reason: string): CustomDecorator =>
  SetMetadata(POLICY, { kind: 'public', reason } satisfies RoutePolicy);

/** A machine calls this route with a raw body that the provider of `slot` verifies. */
export const Webhook = (slot: string): CustomDecorator =>
  SetMetadata(POLICY, { kind: 'webhook', slot } satisfies RoutePolicy);
