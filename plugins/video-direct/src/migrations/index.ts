import { Rooms1764000800001 } from './1764000800001-rooms.js';

export const videoDirectMigrations = [Rooms1764000800001];
