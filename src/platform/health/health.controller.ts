import { Controller, Get, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Response } from 'express';
import { HealthRegistry } from './health.js';
import { Metrics } from './metrics.js';

/** For balancers and monitoring. Says how the server is, never what is in it. */
@Controller()
export class HealthController {
  constructor(
    private readonly health: HealthRegistry,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @Public('a balancer asks whether the process answers')
  live(): { status: string } {
    return { status: 'live' };
  }

  @Get('health/ready')
  @Public('a balancer asks whether to send people here')
  async ready(
    @Res({ passthrough: true }) response: Response,
  ): Promise<{ status: string; parts: Record<string, boolean> }> {
    const parts = await this.health.report();
    const ready = parts.every((part) => part.ok || !part.required);
    response.status(ready ? 200 : 503);
    return {
      status: ready ? 'ready' : 'not ready',
      parts: Object.fromEntries(parts.map((part) => [part.name, part.ok])),
    };
  }

  @Get('metrics')
  @Public('Prometheus scrapes counters and times without ids; the proxy keeps it off the public side')
  async scrape(@Res() response: Response): Promise<void> {
    response.type(this.metrics.registry.contentType).send(await this.metrics.registry.metrics());
  }
}
