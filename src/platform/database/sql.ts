import type { Pool, QueryResultRow } from 'pg';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** A hot read: named, so that PostgreSQL plans it once per connection. `name` is `feature.what`, unique in the code base. */
export interface NamedQuery<Row extends QueryResultRow> {
  readonly name: string;
  readonly text: string;
  /** Only carries the row type. */
  readonly row?: Row;
}

const names = new Set<string>();

/** Declares a named prepared statement at module level. Values are passed at run time, never concatenated. */
export function namedQuery<Row extends QueryResultRow>(name: string, text: string): NamedQuery<Row> {
  if (names.has(name)) throw new Error(`two named queries are called ${name}`);
  names.add(name);
  return { name, text };
}

/** Runs named prepared statements through TypeORM's own pool: one pool, one set of limits, a third of the ORM's cost. */
@Injectable()
export class Sql {
  constructor(private readonly dataSource: DataSource) {}

  async rows<Row extends QueryResultRow>(query: NamedQuery<Row>, values: unknown[] = []): Promise<Row[]> {
    const result = await this.pool.query<Row>({ name: query.name, text: query.text, values });
    return result.rows;
  }

  async first<Row extends QueryResultRow>(query: NamedQuery<Row>, values: unknown[] = []): Promise<Row | undefined> {
    return (await this.rows(query, values))[0];
  }

  private get pool(): Pool {
    return (this.dataSource.driver as PostgresDriver).master as Pool;
  }
}
