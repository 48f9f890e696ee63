import { Injectable, RequestMethod, type OnApplicationBootstrap } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { POLICY, type RoutePolicy } from '@alcove/sdk';
import { PermissionCatalog } from '../access/permission-catalog.js';
import { pathPattern } from './route-table-pattern.js';

/** One route of the running application. */
export interface Route {
  /** `GET`, `POST`, ... */
  readonly method: string;
  /** As declared, with a leading slash, e.g. `/clients/:id`. */
  readonly path: string;
  /** `ClientsController.show`, for messages. */
  readonly handler: string;
  /** Absent only before the boot check. */
  readonly policy?: RoutePolicy;
  /** The method itself, for tests that change its policy. */
  readonly target: object;
}

/** The live table of every core route with its policy. Without exactly one valid policy per handler the application does not start. */
@Injectable()
export class RouteTable implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly catalog: PermissionCatalog,
  ) {}

  onApplicationBootstrap(): void {
    const faults = this.faults();
    if (faults.length > 0)
      throw new Error(`routes without a usable policy:\n${faults.map((line) => `- ${line}`).join('\n')}`);
  }

  /** Sorted by path and method. */
  routes(): Route[] {
    return this.discovery
      .getControllers()
      .flatMap((wrapper) => (wrapper.metatype ? this.routesOf(wrapper.metatype) : []))
      .sort((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
  }

  /** One sentence per handler that may not go into service. */
  faults(): string[] {
    const known = this.catalog.known();
    const routes = this.routes();
    const twice = routes.filter((route, at) => at > 0 && key(routes[at - 1]) === key(route));
    const lines = twice.map((route) => `${key(route)} (${route.handler}) is answered by another handler as well`);
    return lines.concat(routes.flatMap((route) => this.faultsOf(route, known)));
  }

  private faultsOf(route: Route, known: ReadonlySet<string>): string[] {
    const name = `${key(route)} (${route.handler})`;
    const { policy } = route;
    if (!policy) return [`${name} has no @Access, @Public or @Webhook`];
    if (policy.kind === 'public') return policy.reason.trim() === '' ? [`${name} is public without a reason`] : [];
    if (policy.kind === 'webhook') return policy.slot.trim() === '' ? [`${name} is a webhook without a slot`] : [];
    if (policy.anyOf.length === 0) return [`${name} asks for no permission`];
    return policy.anyOf
      .filter((permission) => !known.has(permission))
      .map((permission) => `${name} asks for "${permission}", which is not a permission`);
  }

  /** True for a path that a machine calls with a body its provider verifies; such a request carries no CSRF token. */
  isWebhook(method: string, path: string): boolean {
    this.webhooks ??= this.routes()
      .filter((route) => route.policy?.kind === 'webhook')
      .map((route) => ({ method: route.method, pattern: pathPattern(route.path) }));
    return this.webhooks.some((hook) => hook.method === method && hook.pattern.test(path));
  }

  private webhooks?: { method: string; pattern: RegExp }[];

  private routesOf(type: Function | { name: string }): Route[] {
    const { prototype, name } = type as Function;
    const bases = paths(Reflect.getMetadata(PATH_METADATA, type));
    return this.scanner.getAllMethodNames(prototype as object).flatMap((methodName) => {
      const target = (prototype as Record<string, object>)[methodName];
      const verb: unknown = Reflect.getMetadata(METHOD_METADATA, target);
      if (typeof verb !== 'number') return [];
      const policy = Reflect.getMetadata(POLICY, target) as RoutePolicy | undefined;
      return bases.flatMap((base) =>
        paths(Reflect.getMetadata(PATH_METADATA, target)).map((tail) => ({
          method: RequestMethod[verb],
          path: join(base, tail),
          handler: `${name}.${methodName}`,
          policy,
          target,
        })),
      );
    });
  }
}

const key = (route: Route): string => `${route.method} ${route.path}`;

const paths = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((path) => typeof path === 'string') : [typeof value === 'string' ? value : ''];

const join = (base: string, tail: string): string => {
  const parts = `${base}/${tail}`.split('/').filter((part) => part !== '');
  return `/${parts.join('/')}`;
};
