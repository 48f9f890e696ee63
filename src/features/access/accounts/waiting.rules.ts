const DAY = 24 * 60 * 60_000;

/** How long the former address can be put back after a change. In milliseconds. */
export const EMAIL_BACK_FOR = 7 * DAY;

/** How long an unconfirmed wish for another address waits. In milliseconds. */
export const EMAIL_WISH_FOR = 7 * DAY;

/** How long somebody is shown as asking for a new password. In milliseconds. */
export const RESET_WAITS_FOR = 7 * DAY;
