import { text, type HelperFactory } from './helper.js';

/** `{{asset "scheduling/calendar.js"}}`: the digested address of a core asset; an unknown name throws. */
export const asset: HelperFactory = (tools) => (name: unknown) => tools.asset(text('asset', name));
