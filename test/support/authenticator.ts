import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { encodeCbor, type Cbor } from './cbor.js';

export type Algorithm = 'ES256' | 'RS256' | 'EdDSA';

/** What an answer should differ in from an honest one. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  /** False: nobody's finger, face or PIN was asked for. */
  readonly userVerified?: boolean;
  readonly counter?: number;
  readonly userHandle?: string;
}

/** A key for WebAuthn in software: makes one passkey and answers for it as a browser with a device would. */
export class Authenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  /** Uses so far; zero for ever when the device does not count. */
  counter = 0;
  private readonly keys: { publicKey: KeyObject; privateKey: KeyObject };
  private userHandle = '';

  constructor(
    /** The origin the browser is at. */
    private readonly origin: string,
    private readonly algorithm: Algorithm = 'ES256',
    private readonly counts = true,
  ) {
    this.keys = newKeys(algorithm);
  }

  create(options: PublicKeyCredentialCreationOptionsJSON, lies: Lies = {}): RegistrationResponseJSON {
    this.userHandle = options.user.id;
    const id = Buffer.from(this.credentialId, 'base64url');
    const attested = Buffer.concat([
      Buffer.alloc(16),
      Buffer.from([id.length >> 8, id.length & 0xff]),
      id,
      this.cose(),
    ]);
    const authData = Buffer.concat([this.authData(options.rp.id, 0x40, lies), attested]);
    const attestation = new Map<string, Cbor>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ]);
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: this.clientData('webauthn.create', options.challenge, lies).toString('base64url'),
        attestationObject: encodeCbor(attestation).toString('base64url'),
        transports: ['internal'],
      },
    };
  }

  get(options: PublicKeyCredentialRequestOptionsJSON, lies: Lies = {}): AuthenticationResponseJSON {
    if (this.counts) this.counter += 1;
    const authData = this.authData(options.rpId, 0, lies);
    const clientData = this.clientData('webauthn.get', options.challenge, lies);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const digest = this.algorithm === 'EdDSA' ? null : 'sha256';
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign(digest, signed, this.keys.privateKey).toString('base64url'),
        userHandle: lies.userHandle ?? this.userHandle,
      },
    };
  }

  private clientData(type: string, challenge: string, lies: Lies): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.origin,
        crossOrigin: false,
      }),
    );
  }

  /** Flags: user present, user verified, and what the caller adds. */
  private authData(rpId: string | undefined, flags: number, lies: Lies): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(lies.counter ?? this.counter);
    const verified = lies.userVerified === false ? 0 : 0x04;
    const hash = createHash('sha256')
      .update(lies.rpId ?? rpId ?? '')
      .digest();
    return Buffer.concat([hash, Buffer.from([0x01 | verified | flags]), counter]);
  }

  private cose(): Buffer {
    const { n = '', e = '', x = '', y = '' } = this.keys.publicKey.export({ format: 'jwk' }) as Record<string, string>;
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64url');
    const parts: Record<Algorithm, [number, Cbor][]> = {
      ES256: [
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, bytes(x)],
        [-3, bytes(y)],
      ],
      EdDSA: [
        [1, 1],
        [3, -8],
        [-1, 6],
        [-2, bytes(x)],
      ],
      RS256: [
        [1, 3],
        [3, -257],
        [-1, bytes(n)],
        [-2, bytes(e)],
      ],
    };
    return encodeCbor(new Map(parts[this.algorithm]));
  }
}

function newKeys(algorithm: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return algorithm === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
}
