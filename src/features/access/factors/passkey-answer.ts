import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';

/** Signatures that count: EdDSA, ES256, RS256 (COSE numbers). */
export const ALGORITHMS = [-8, -7, -257];
/** A browser's answer is one or two thousand characters; some keys send certificates along. */
const LONGEST = 16_384;

/** What an answer is checked against. */
export interface Expected {
  /** base64url. */
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
}

/** A passkey that was just made, as it is stored. */
export interface MadePasskey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly aaguid: string;
}

/** A passkey that just answered. */
export interface ProvedPasskey {
  readonly counter: number;
  readonly backedUp: boolean;
}

export interface StoredKey {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
}

const TRANSPORTS = new Set(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']);

/** The browser's answer out of a form's field: only its own parts, all of them texts; `undefined` when it is anything else. */
function parsed(typed: string): { id: string; response: Record<string, unknown>; rest: object } | undefined {
  if (typed === '' || typed.length > LONGEST) return undefined;
  let answer: unknown;
  try {
    answer = JSON.parse(typed);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
  if (!isRecord(answer) || !isRecord(answer.response)) return undefined;
  const { id, rawId, type, response } = answer;
  if (typeof id !== 'string' || !/^[\w-]{1,1364}$/.test(id) || rawId !== id || type !== 'public-key') return undefined;
  return { id, response, rest: { id, rawId: id, type, clientExtensionResults: {} } };
}

export function parseAuthentication(typed: string): AuthenticationResponseJSON | undefined {
  const answer = parsed(typed);
  if (!answer) return undefined;
  const { clientDataJSON, authenticatorData, signature, userHandle } = answer.response;
  if (!isText(clientDataJSON) || !isText(authenticatorData) || !isText(signature)) return undefined;
  if (userHandle !== undefined && userHandle !== null && !isText(userHandle)) return undefined;
  return {
    ...answer.rest,
    response: { clientDataJSON, authenticatorData, signature, ...(userHandle ? { userHandle } : {}) },
  } as AuthenticationResponseJSON;
}

export function parseRegistration(typed: string): RegistrationResponseJSON | undefined {
  const answer = parsed(typed);
  if (!answer) return undefined;
  const { clientDataJSON, attestationObject, transports } = answer.response;
  if (!isText(clientDataJSON) || !isText(attestationObject)) return undefined;
  const known = Array.isArray(transports) ? transports.filter((one) => isText(one) && TRANSPORTS.has(one)) : [];
  return {
    ...answer.rest,
    response: { clientDataJSON, attestationObject, transports: known },
  } as RegistrationResponseJSON;
}

/** Checks the answer of a passkey that was just made; `undefined` when anything about it is not as asked. */
export async function checkRegistration(
  response: RegistrationResponseJSON,
  expected: Expected,
): Promise<MadePasskey | undefined> {
  const result = await judged(() =>
    verifyRegistrationResponse({ response, ...terms(expected), supportedAlgorithmIDs: ALGORITHMS }),
  );
  if (!result?.verified) return undefined;
  const { credential, aaguid, credentialBackedUp } = result.registrationInfo;
  return {
    credentialId: Buffer.from(credential.id, 'base64url'),
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: response.response.transports ?? [],
    backedUp: credentialBackedUp,
    aaguid,
  };
}

/**
 * Checks the answer of a stored passkey; `undefined` when anything about it is not as asked. Its counter is compared where it is
 * written, in the database: here another process could have seen a later one.
 */
export async function checkAuthentication(
  response: AuthenticationResponseJSON,
  key: StoredKey,
  expected: Expected,
): Promise<ProvedPasskey | undefined> {
  const credential = {
    id: key.credentialId.toString('base64url'),
    publicKey: new Uint8Array(key.publicKey),
    counter: 0,
  };
  const result = await judged(() => verifyAuthenticationResponse({ response, ...terms(expected), credential }));
  if (!result?.verified) return undefined;
  return { counter: result.authenticationInfo.newCounter, backedUp: result.authenticationInfo.credentialBackedUp };
}

const terms = (expected: Expected) => ({
  expectedChallenge: expected.challenge,
  expectedOrigin: expected.origin,
  expectedRPID: expected.rpId,
  requireUserVerification: true,
});

/** The library throws for every kind of answer that does not hold. All of them mean no, and who sent it is told nothing more. */
async function judged<T>(check: () => Promise<T>): Promise<T | undefined> {
  return check().catch(() => undefined);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
