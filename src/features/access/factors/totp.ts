import { Secret, TOTP } from 'otpauth';

/** Seconds one code lives. */
export const STEP_SECONDS = 30;
/** Codes of the step before and after count too: phones' clocks are off. */
const WINDOW = 1;

const totp = (secret: string, label: string, issuer: string): TOTP =>
  new TOTP({ issuer, label, secret: Secret.fromBase32(secret), algorithm: 'SHA1', digits: 6, period: STEP_SECONDS });

/** A new 160-bit secret in base32, as authenticator apps take it. */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

/** What the QR code says. `label` is shown in the person's own app. */
export const totpUri = (secret: string, label: string, issuer: string): string =>
  totp(secret, label, issuer).toString();

/**
 * The time step a code belongs to, or `undefined` when it is not one of the codes that count at `now`. The caller must still mark the
 * step as used.
 */
export function totpStep(secret: string, code: string, now: Date): number | undefined {
  const token = code.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const delta = totp(secret, 'account', 'Alcove').validate({ token, timestamp: now.getTime(), window: WINDOW });
  return delta === null ? undefined : Math.floor(now.getTime() / 1000 / STEP_SECONDS) + delta;
}

/** The code of a moment, for the demo and for tests. */
export const totpCode = (secret: string, now: Date): string =>
  totp(secret, 'account', 'Alcove').generate({ timestamp: now.getTime() });

/** A secret in groups of four, for typing it into an app by hand. */
export const groupedSecret = (secret: string): string => secret.match(/.{1,4}/g)?.join(' ') ?? secret;
