/** What other features may use of the practice. */
export { PracticeModule } from './practice.module.js';
export { PracticeService } from './practice.service.js';
export { isTimeZone, timeZoneNames } from './time-zones.js';
export type { LocationInput, Practice, PracticeInput, PracticeLocation } from './practice.model.js';
