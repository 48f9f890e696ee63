import { formatTime, isTimeStyle, TIME_STYLES } from '../../i18n/format-time.js';
import { text, type HelperFactory, type HelperOptions } from './helper.js';

/** `{{time startsAt zone style="time"}}`: an instant (ISO text or Date) as people of that zone write it. Without a zone, the reader's. */
export const time: HelperFactory =
  () =>
  (...args: unknown[]) => {
    const options = args.at(-1) as HelperOptions;
    const [instant, zone] = args.slice(0, -1);
    const style = options.hash.style ?? 'time';
    if (!isTimeStyle(style)) throw new TypeError(`{{time}} knows the styles ${TIME_STYLES.join(', ')}`);
    const at = instant instanceof Date ? instant : new Date(text('time', instant));
    return formatTime(at, args.length > 2 ? text('time', zone) : options.data.timeZone, style, options.data.locale);
  };
