/** What the composition root may use of the API. */
export { ApiModule } from './api.module.js';
