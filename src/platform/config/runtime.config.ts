import { IsBoolean, IsIn } from 'class-validator';
import { Variable } from './variable.js';

/** How the process runs. */
export class RuntimeConfig {
  @Variable({
    name: 'NODE_ENV',
    kind: 'text',
    fallback: 'development',
    about: '`production` refuses database settings that could lose or print data; elsewhere they are warnings.',
    fix: 'use production, development or test.',
  })
  @IsIn(['production', 'development', 'test'])
  readonly environment: 'production' | 'development' | 'test';

  @Variable({
    name: 'SAFE_MODE',
    kind: 'boolean',
    fallback: '0',
    about: 'With `1` no plugin is started; the plugin page stays reachable.',
    fix: 'use 1 or 0.',
  })
  @IsBoolean()
  readonly safeMode: boolean;

  get isProduction(): boolean {
    return this.environment === 'production';
  }
}
