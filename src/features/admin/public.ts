/** What the composition root may use of admin; `adminTabs` is for pages that stand among the admin pages. */
export { AdminModule } from './admin.module.js';
export { adminTabs, type AdminTab, type AdminTabId } from './admin-tabs.js';
