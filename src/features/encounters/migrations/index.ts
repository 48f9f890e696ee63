import { Encounters1764000500001 } from './1764000500001-encounters.js';

export const encountersMigrations = [Encounters1764000500001];
