import { People1764000200001 } from './people.js';

export const peopleMigrations = [People1764000200001];
