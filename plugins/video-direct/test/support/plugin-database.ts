import { DataSource } from 'typeorm';
import { freshDatabase } from '../../../../test/support/database.js';
import { videoDirectMigrations } from '../../src/migrations/index.js';
import { Room } from '../../src/rooms/room.entity.js';
import { SeatRow } from '../../src/rooms/seat.entity.js';
import { Ticket } from '../../src/rooms/ticket.entity.js';

export const SCHEMA = 'plugin_video_direct';

/** The plugin's own schema in an empty database, as the kernel would give it. */
export async function pluginDatabase(): Promise<{ source: DataSource; close(): Promise<void> }> {
  const database = await freshDatabase();
  const source = new DataSource({
    type: 'postgres',
    url: database.url,
    schema: SCHEMA,
    entities: [Room, Ticket, SeatRow],
    migrations: videoDirectMigrations,
    extra: { max: 20 },
  });
  await source.initialize();
  await source.query(`CREATE SCHEMA ${SCHEMA}`);
  await source.runMigrations({ transaction: 'all' });
  return {
    source,
    async close() {
      await source.destroy();
      await database.close();
    },
  };
}
