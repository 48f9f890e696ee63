import { IsJSON, IsOptional } from 'class-validator';
import { Variable } from './variable.js';

/** Where the encryption keys come from. */
export class KeysConfig {
  @Variable({
    name: 'ALCOVE_KEY_RING',
    kind: 'text',
    fallback: null,
    about:
      'The key ring as JSON, for hosts that keep secrets elsewhere. Unset: `keys.json` in the data directory, made at the first start.',
    fix: 'use the content of a keys.json, or leave it unset.',
  })
  @IsOptional()
  @IsJSON()
  readonly inline: string | null;
}
