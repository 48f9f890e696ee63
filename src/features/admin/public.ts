/** What the composition root may use of admin; `adminTabs` is for pages that stand among the admin pages. */
export { AdminModule } from './admin.module.js';
/** What the security overview lists: a feature adds what an owner should look at. */
export { SecurityPoints, type SecurityPoint } from './security-points.js';
export { adminTabs, type AdminTab, type AdminTabId } from './admin-tabs.js';
