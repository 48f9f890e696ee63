import type { CanActivate, ExecutionContext, INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { POLICY, type PluginManifest, type RoutePolicy } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { AuditWriter } from '../../platform/audit/audit-writer.js';
import type { Clock } from '../../platform/clock.js';
import { admit } from '../../platform/http/access.guard.js';
import { StartFailure } from '../lifecycle/states.js';
import { runAsCore } from './running.js';

/** Throws `StartFailure` when a handler of the plugin's application has no policy, or one that cannot be kept. */
export function checkPolicies(app: INestApplication, manifest: PluginManifest, known: ReadonlySet<string>): void {
  const allowed = new Set([...known, ...(manifest.permissions?.map((permission) => permission.key) ?? [])]);
  const faults = handlersOf(app).flatMap(({ name, handler }) => {
    const fault = policyFault(Reflect.getMetadata(POLICY, handler) as RoutePolicy | undefined, allowed);
    return fault ? [`${name} ${fault}`] : [];
  });
  if (faults.length > 0) throw new StartFailure('quarantined', 'no-policy', faults.join('; '));
}

function policyFault(policy: RoutePolicy | undefined, allowed: ReadonlySet<string>): string | undefined {
  if (!policy) return 'says nobody who may call it: add @Access(...) or @Public(reason)';
  if (policy.kind === 'webhook') return 'is a webhook, and no slot of this server takes webhooks';
  if (policy.kind === 'public') return policy.reason.trim() ? undefined : 'is @Public without a reason';
  if (policy.keys) return 'is @KeyAccess, and API keys open no plugin';
  const strange = policy.anyOf.find((key) => !allowed.has(key));
  return strange === undefined ? undefined : `asks for "${strange}", which is not a permission`;
}

function handlersOf(app: INestApplication): { name: string; handler: object }[] {
  const scanner = new MetadataScanner();
  return [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => {
      const prototype = (metatype as { prototype?: object } | null)?.prototype;
      if (!metatype || !prototype) return [];
      return scanner
        .getAllMethodNames(prototype)
        .map((method) => ({
          name: `${metatype.name}.${method}`,
          handler: (prototype as Record<string, object>)[method],
        }))
        .filter(({ handler }) => Reflect.hasMetadata(METHOD_METADATA, handler));
    });
}

/** Enforces the policies of a plugin's routes with the core's principal; the plugin's own guards can only refuse more. */
export class PluginRouteGuard implements CanActivate {
  constructor(
    private readonly pluginId: string,
    private readonly reflector: Reflector,
    private readonly auditWriter: AuditWriter,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const policy = this.reflector.get<RoutePolicy | undefined>(POLICY, context.getHandler());
    const http = context.switchToHttp();
    const where = `${this.pluginId} ${context.getClass().name}.${context.getHandler().name}`;
    const { auditWriter, clock } = this;
    await runAsCore(() =>
      admit(policy, http.getRequest<Request>(), http.getResponse<Response>(), where, { auditWriter, clock }),
    );
    return true;
  }
}
