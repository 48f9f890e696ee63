/** What the composition roots may use of notices; features tell through `Notices` of the platform's ports. */
export { NoticesModule } from './notices.module.js';
