/** What the composition root may use of the pages on which owners see emergency access. The act itself is in people. */
export { EmergencyModule } from './emergency.module.js';
