import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Webhook } from '@alcove/sdk';
import { Metrics } from '../health/metrics.js';
import { LOG, scrub, type Log } from '../logging/log.js';
import { CSP_REPORTS } from './security-headers.js';

/** Browsers tell here what the content security policy blocked: a sign of a mistake of ours, or of somebody's extension. */
@Controller()
export class CspReportController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(LOG) private readonly log: Log,
  ) {}

  @Post(CSP_REPORTS)
  @HttpCode(204)
  @Webhook('browser')
  receive(@Body() body: unknown): void {
    this.metrics.cspReports.inc();
    this.log.warn({ report: directiveOf(body) }, 'the content security policy blocked something');
  }
}

/** Only the directive and the kind of source: reported addresses may carry ids. */
function directiveOf(body: unknown): string {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const report = pick(first, 'csp-report') ?? pick(first, 'body') ?? first;
  const directive =
    pick(report, 'effective-directive') ?? pick(report, 'effectiveDirective') ?? pick(report, 'violated-directive');
  return typeof directive === 'string' ? scrub(directive.slice(0, 100)) : 'unknown';
}

const pick = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
