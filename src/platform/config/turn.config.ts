import { IsInt, IsOptional, Matches, Max, Min, MinLength } from 'class-validator';
import { Variable } from './variable.js';

/** The TURN relay of the practice, for people whose networks allow no direct connection. */
export class TurnConfig {
  @Variable({
    name: 'ALCOVE_TURN_URLS',
    kind: 'list',
    fallback: '',
    about:
      'Addresses of the TURN relay, separated by commas, such as `turn:turn.example.org:3478?transport=udp,turns:turn.example.org:443`.',
    fix: 'use turn: or turns: addresses separated by commas.',
  })
  @Matches(/^turns?:[A-Za-z0-9.[\]:-]+(\?transport=(udp|tcp))?$/, { each: true })
  readonly urls: readonly string[];

  @Variable({
    name: 'ALCOVE_TURN_SECRET',
    kind: 'text',
    fallback: null,
    about:
      'Secret shared with the relay (`static-auth-secret` of coturn), from which short-lived credentials are made.',
    fix: 'use the secret of the relay, at least 16 characters.',
  })
  @IsOptional()
  @MinLength(16)
  readonly secret: string | null;

  @Variable({
    name: 'ALCOVE_TURN_TTL_SECONDS',
    kind: 'integer',
    fallback: '3600',
    about: 'Seconds a TURN credential is valid for; a page takes a fresh one at each reconnect.',
    fix: 'use seconds from 60 to 86400.',
  })
  @IsInt()
  @Min(60)
  @Max(86_400)
  readonly ttlSeconds: number;

  problems(): string[] {
    if (this.urls.length > 0 && !this.secret) {
      return ['ALCOVE_TURN_SECRET: is missing; ALCOVE_TURN_URLS needs the secret of the relay beside it.'];
    }
    return [];
  }
}
