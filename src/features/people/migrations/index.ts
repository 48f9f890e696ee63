import { EmergencyAccess1764000200010 } from './emergency-access.migration.js';
import { People1764000200001 } from './people.js';

export const peopleMigrations = [People1764000200001, EmergencyAccess1764000200010];
