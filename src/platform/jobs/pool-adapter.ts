import type { Db } from 'pg-boss';
import type { DataSource } from 'typeorm';
import { poolOf } from '../database/data-source.js';

/** Runs pg-boss statements through the pool of a data source. */
export const poolAdapter = (dataSource: DataSource): Db => ({
  executeSql: async (text, values) => {
    const result = await poolOf(dataSource).query(text, values as unknown[]);
    // A script of several statements answers with one result each; pg-boss wants the rows of all of them.
    const results = (Array.isArray(result) ? result : [result]) as { rows: unknown[] }[];
    return { rows: results.flatMap(({ rows }) => rows) };
  },
});
