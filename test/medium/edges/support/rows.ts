import pg from 'pg';

/** What changes by itself while nothing is changed: jobs, who was last seen, tries counted, refusals audited. */
const RESTLESS = /^(core\.(audit_\w+|session|rate_limit|crypto_\w+|data_key)|kernel\.\w+)$/;

/** One hash per table of the practice, over all its rows. */
export async function contentOf(databaseUrl: string): Promise<Readonly<Record<string, string>>> {
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; quoted: string }>(
      `SELECT schemaname || '.' || tablename AS name, format('%I.%I', schemaname, tablename) AS quoted
         FROM pg_tables WHERE schemaname = 'core' ORDER BY 1`,
    );
    const content: Record<string, string> = {};
    for (const { name, quoted } of rows.filter((row) => !RESTLESS.test(row.name))) {
      const found = await client.query<{ hash: string }>(
        `SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS hash FROM ${quoted} t`,
      );
      content[name] = found.rows[0].hash;
    }
    return content;
  } finally {
    await client.end();
  }
}
