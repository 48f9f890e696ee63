import { startTestPostgres } from './postgres.mjs';

/** Starts one throw-away PostgreSQL for all test files; each test makes its own database in it. */
export default async () => {
  globalThis.__postgres = await startTestPostgres();
  process.env.TEST_POSTGRES = JSON.stringify(globalThis.__postgres.connection);
};
