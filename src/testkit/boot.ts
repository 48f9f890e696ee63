import { Module, type INestApplicationContext } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import {
  POLICY,
  type PluginContext,
  type PluginDefinition,
  type PluginManifest,
  type RoutePolicy,
  type Token,
} from '@alcove/sdk';
import { memoryHost, type MemoryHost, type MemoryHostOptions } from './memory-host.js';

/** A plugin running on an in-memory host, without HTTP. */
export interface BootedPlugin {
  readonly host: MemoryHost;
  readonly context: PluginContext;
  /** One line for each handler that does not say who may call it. */
  policyFaults(): string[];
  /** Teardown, then the end of the module. */
  close(): Promise<void>;
}

/** Starts a plugin as a server does: module, then `setup`. */
export async function bootPlugin(
  manifest: PluginManifest,
  definition: PluginDefinition,
  options: MemoryHostOptions = {},
): Promise<BootedPlugin> {
  const host = memoryHost(manifest, definition, options);
  class TestRoot {}
  Module({ imports: definition.module ? [host.module, definition.module] : [host.module] })(TestRoot);
  const app = await NestFactory.createApplicationContext(TestRoot, { logger: ['error', 'warn'], abortOnError: false });
  const end = new AbortController();
  const context: PluginContext = {
    id: manifest.id,
    signal: end.signal,
    get: <T>(token: Token<T>): T => app.get<T>(token, { strict: false }),
  };
  await definition.lifecycle?.setup?.(context);
  return {
    host,
    context,
    policyFaults: () => policyFaults(app),
    close: async () => {
      await definition.lifecycle?.teardown?.(context);
      end.abort();
      await app.close();
    },
  };
}

function policyFaults(app: INestApplicationContext): string[] {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  return [...app.get(ModulesContainer).values()]
    .flatMap((module) => [...module.controllers.values()])
    .flatMap(({ metatype }) => {
      const prototype = (metatype as { prototype?: object } | null)?.prototype;
      if (!metatype || !prototype) return [];
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = (prototype as Record<string, () => unknown>)[name];
        if (reflector.get<unknown>(METHOD_METADATA, handler) === undefined) return [];
        const policy = reflector.get<RoutePolicy | undefined>(POLICY, handler);
        return policy ? [] : [`${metatype.name}.${name} needs @Access(...), @Public(reason) or @Webhook(slot)`];
      });
    });
}
