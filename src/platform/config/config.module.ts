import { Global, Module, type DynamicModule } from '@nestjs/common';
import { CONFIG_CLASSES, type Config } from './config.js';

/** Offers each part of the configuration by its class: inject `HttpConfig`, `DataConfig`, and so on. */
@Global()
@Module({})
export class ConfigModule {
  static forRoot(config: Config): DynamicModule {
    const keys = Object.keys(CONFIG_CLASSES) as (keyof typeof CONFIG_CLASSES)[];
    const providers = keys.map((key) => ({ provide: CONFIG_CLASSES[key], useValue: config[key] }));
    return { module: ConfigModule, providers, exports: providers };
  }
}
