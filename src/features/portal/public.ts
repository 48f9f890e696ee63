/** What other features may use of the portal. */
export { PortalModule } from './portal.module.js';
