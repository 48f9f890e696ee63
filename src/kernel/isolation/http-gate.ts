import { Injectable } from '@nestjs/common';
import type { RequestHandler } from 'express';
import { DomainError, notFound } from '../../platform/errors/domain-error.js';
import { KERNEL_ERRORS } from '../kernel.errors.js';
import { PluginRegistry } from '../lifecycle/plugin-registry.js';

/** Lets requests below `/p/<id>` into the application of that plugin, while it runs. */
@Injectable()
export class HttpGate {
  constructor(private readonly registry: PluginRegistry) {}

  /** For `app.use('/p/:pluginId', ...)`, behind the core's own middleware. */
  readonly handle: RequestHandler = (request, response, next) => {
    const { pluginId } = request.params;
    const unit = typeof pluginId === 'string' ? this.registry.find(pluginId) : undefined;
    if (!unit) return next(notFound());
    if (!unit.running) return next(new DomainError(KERNEL_ERRORS['plugin.unavailable'], { plugin: unit.id }));
    unit.running.parts.app.handle(request, response, next);
  };
}
