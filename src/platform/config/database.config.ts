import { IsIn, IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Variable } from './variable.js';

/** Which PostgreSQL to use, and the limits of the connections to it. */
export class DatabaseConfig {
  @Variable({
    name: 'DATABASE_URL',
    kind: 'text',
    fallback: null,
    about:
      'External PostgreSQL (15 or newer), `postgres://user:password@host:5432/name?sslmode=verify-full`, or over a unix socket `postgres://user:password@/name?host=/run/postgresql`. Unset: the bundled PostgreSQL.',
    fix: 'use postgres://user:password@host:5432/name, or leave it unset for the bundled PostgreSQL.',
  })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/)
  readonly url: string | null;

  @Variable({
    name: 'DATABASE_APP_URL',
    kind: 'text',
    fallback: null,
    about:
      'The same database as `DATABASE_URL`, as the user the server works as: one that may change rows and nothing else. Unset: the server makes that user by itself where the user of `DATABASE_URL` may.',
    fix: 'use postgres://user:password@host:5432/name, or leave it unset.',
  })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\/\S+$/)
  readonly appUrl: string | null;

  @Variable({
    name: 'ALCOVE_DATABASE_TLS',
    kind: 'text',
    fallback: 'required',
    about:
      'With `required`, a production server refuses an unencrypted connection to a PostgreSQL on another machine. `off` says that the network between them is private.',
    fix: 'use required or off.',
  })
  @IsIn(['required', 'off'])
  readonly tls: 'required' | 'off';

  @Variable({
    name: 'ALCOVE_DATABASE_POOL',
    kind: 'integer',
    fallback: '10',
    about: 'Connections one server process opens at most.',
    fix: 'use a whole number from 2 to 200.',
  })
  @IsInt()
  @Min(2)
  @Max(200)
  readonly poolMax: number;

  @Variable({
    name: 'ALCOVE_DATABASE_CONNECT_TIMEOUT_MS',
    kind: 'integer',
    fallback: '1500',
    about: 'Milliseconds to wait for a connection before a request is answered with 503.',
    fix: 'use milliseconds from 100 to 60000.',
  })
  @IsInt()
  @Min(100)
  @Max(60_000)
  readonly connectTimeoutMs: number;

  @Variable({
    name: 'ALCOVE_DATABASE_STATEMENT_TIMEOUT_MS',
    kind: 'integer',
    fallback: '15000',
    about: 'Milliseconds after which PostgreSQL cancels a statement. Migrations are not limited.',
    fix: 'use milliseconds from 1000 to 600000.',
  })
  @IsInt()
  @Min(1_000)
  @Max(600_000)
  readonly statementTimeoutMs: number;

  problems(): string[] {
    if (this.appUrl && !this.url) {
      return ['DATABASE_APP_URL: stands alone; set DATABASE_URL, the owner of the database, beside it.'];
    }
    return [];
  }
}
