import type { IncomingMessage } from 'node:http';
import { HttpException, Module, type DynamicModule, type INestApplication, type Type } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { PluginManifest } from '@alcove/sdk';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Clock } from '../../platform/clock.js';
import type { AuditWriter } from '../../platform/audit/audit-writer.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { detailOf } from '../lifecycle/detail.js';
import { StartFailure } from '../lifecycle/states.js';
import { checkPolicies, PluginRouteGuard } from './route-policies.js';
import { runAs, runAsCore } from './running.js';

export interface PluginApp {
  readonly nest: INestApplication;
  /** Answers one request in the plugin's own application; what it cannot answer goes on to the core. */
  handle(request: Request, response: Response, next: NextFunction): void;
}

/** One Nest application for one plugin: what it registers globally is global to itself only. Throws `StartFailure`. */
export async function createPluginApp(
  pluginId: string,
  manifest: PluginManifest,
  host: DynamicModule,
  module: Type | DynamicModule | undefined,
  deps: { audit: AuditWriter; clock: Clock; permissions: ReadonlySet<string> },
): Promise<PluginApp> {
  class PluginRoot {}
  Module({ imports: module ? [host, module] : [host] })(PluginRoot);
  const own = express();
  own.disable('x-powered-by');
  const ways: Ways = new WeakMap();
  let nest: INestApplication | undefined;
  try {
    nest = await NestFactory.create(PluginRoot, new ExpressAdapter(own), { abortOnError: false, bodyParser: false });
    checkPolicies(nest, manifest, deps.permissions);
    nest.useGlobalGuards(new PluginRouteGuard(pluginId, nest.get(Reflector), deps.audit, deps.clock));
    nest.useGlobalFilters(new HandToCore(ways));
    await nest.init();
  } catch (error) {
    await nest?.close();
    if (error instanceof StartFailure) throw error;
    throw new StartFailure('quarantined', 'module', detailOf(error), { cause: error });
  }
  return { nest, handle: (request, response, next) => enter(pluginId, own, ways, request, response, next) };
}

/** The way back into the core's pipeline for each request that is inside the plugin. */
type Ways = WeakMap<IncomingMessage, NextFunction>;

function enter(
  pluginId: string,
  own: Express,
  ways: Ways,
  request: Request,
  response: Response,
  next: NextFunction,
): void {
  const core = {
    request: Object.getPrototypeOf(request) as object,
    response: Object.getPrototypeOf(response) as object,
  };
  // Express dresses both in the prototypes of the application they enter; the core wants its own back.
  const back: NextFunction = (error?: unknown) => {
    Object.setPrototypeOf(request, core.request);
    Object.setPrototypeOf(response, core.response);
    runAsCore(() => next(error));
  };
  ways.set(request, back);
  runAs(pluginId, () => own(request, response, back));
}

/** Errors of a plugin's handlers are answered by the core, so that all error pages look and speak alike. */
class HandToCore implements ExceptionFilter {
  constructor(private readonly ways: Ways) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const way = this.ways.get(http.getRequest<IncomingMessage>());
    if (!way) throw error;
    if (http.getResponse<Response>().headersSent) http.getResponse<Response>().destroy();
    else way(isNotFound(error) ? notFound() : error);
  }
}

const isNotFound = (error: unknown): boolean => error instanceof HttpException && error.getStatus() === 404;
