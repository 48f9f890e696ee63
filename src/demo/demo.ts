import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Config } from '../platform/config/config.js';

/** Seeds the synthetic practice where there is none and returns the lines to print. */
export async function prepareDemo(_app: NestExpressApplication, _config: Config): Promise<string[]> {
  return [];
}
