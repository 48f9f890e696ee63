import { expect, it } from '@jest/globals';
import pg from 'pg';
import { freshDatabase } from '../../support/database.js';

it('gives each test a database of its own that is gone afterwards', async () => {
  const database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const answer = await client.query<{ name: string }>('select current_database() as name');
  expect(answer.rows[0].name).toBe(database.name);
  await client.end();
  await database.close();
  await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toThrow(/does not exist/);
});
