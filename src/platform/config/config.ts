import { DataConfig } from './data.config.js';
import { DatabaseConfig } from './database.config.js';
import { EgressConfig } from './egress.config.js';
import { HttpConfig } from './http.config.js';
import { KeysConfig } from './keys.config.js';
import { LogConfig } from './log.config.js';
import { RuntimeConfig } from './runtime.config.js';
import { SignOnConfig } from './sign-on.config.js';
import { TurnConfig } from './turn.config.js';

/** Every setting of the server, one class per concern. */
export interface Config {
  readonly runtime: RuntimeConfig;
  readonly http: HttpConfig;
  readonly data: DataConfig;
  readonly database: DatabaseConfig;
  readonly keys: KeysConfig;
  readonly log: LogConfig;
  readonly turn: TurnConfig;
  readonly egress: EgressConfig;
  readonly signOn: SignOnConfig;
  /** Things that are allowed and probably not meant, one line each. */
  readonly warnings: readonly string[];
}

/** The classes by their name in `Config`, in the order of the reference. */
export const CONFIG_CLASSES = {
  runtime: RuntimeConfig,
  http: HttpConfig,
  data: DataConfig,
  database: DatabaseConfig,
  keys: KeysConfig,
  log: LogConfig,
  turn: TurnConfig,
  egress: EgressConfig,
  signOn: SignOnConfig,
} as const;
