import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  clockTolerance,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  type Configuration,
} from 'openid-client';
import { Clock } from '../../../platform/clock.js';
import { HttpConfig } from '../../../platform/config/http.config.js';
import { SignOnConfig } from '../../../platform/config/sign-on.config.js';
import { placeOfUrl } from '../../../platform/egress/destination.js';
import { EgressRegistry } from '../../../platform/egress/egress-registry.js';
import { Egress } from '../../../platform/egress/egress.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { LOG, type Log } from '../../../platform/logging/log.js';
import { readClaims, type SignOnClaims } from './claims.js';
import { challengeOf, type SignOnAttempt } from './sign-on-attempts.js';
import { SIGN_ON_ERRORS } from './sign-on.errors.js';

const PURPOSE = 'sign-on';
/** Path the provider sends people back to. */
export const CALLBACK = '/sign-in/single-sign-on/callback';
/** How long what the provider says about itself counts, and how long a failure to ask does. In milliseconds. */
const KNOWN_FOR = 60 * 60_000;
const FAILED_FOR = 10_000;
/** How far the provider's clock may be off. In seconds. */
export const CLOCK_TOLERANCE = 30;

interface Known {
  readonly at: number;
  readonly configuration: Promise<Configuration>;
  failed: boolean;
}

/**
 * The identity provider: authorization code flow with PKCE, state and nonce; the ID token's signature is checked against the provider's
 * keys even though it came over TLS. What it says about itself is asked when first needed, so the server starts without it.
 */
@Injectable()
export class SignOnProvider implements OnModuleInit {
  private known: Known | undefined;
  /** Servers of the provider, as it names them itself; its issuer until then. */
  private places: readonly string[] = [];

  constructor(
    private readonly config: SignOnConfig,
    private readonly http: HttpConfig,
    private readonly egress: Egress,
    private readonly registry: EgressRegistry,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleInit(): void {
    const issuer = this.config.issuer === null ? null : placeOfUrl(this.config.issuer);
    this.places = issuer === null ? [] : [issuer];
    this.registry.register({ id: PURPOSE, leaves: 'access:sign-on.leaves', places: () => this.places });
  }

  /** Name for the button, or null while single sign-on is not set up. */
  get name(): string | null {
    return this.config.issuer === null ? null : this.config.name;
  }

  get issuer(): string | null {
    return this.config.issuer;
  }

  /**
   * Where the browser must go.
   *
   * @throws DomainError `sign-on.unreachable`
   */
  async address(attempt: SignOnAttempt): Promise<URL> {
    const configuration = await this.configuration();
    return buildAuthorizationUrl(configuration, {
      redirect_uri: this.http.origin + CALLBACK,
      scope: this.config.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await challengeOf(attempt),
      code_challenge_method: 'S256',
      ...(attempt.again === null ? {} : { prompt: 'login', max_age: '0' }),
    });
  }

  /**
   * Exchanges the code the browser brought and checks everything about the answer.
   *
   * @param query the callback's query string with `?`
   * @throws DomainError `sign-on.unreachable`, `sign-on.rejected`
   */
  async claims(query: string, attempt: SignOnAttempt): Promise<SignOnClaims> {
    const configuration = await this.configuration();
    try {
      const tokens = await authorizationCodeGrant(configuration, new URL(this.http.origin + CALLBACK + query), {
        expectedState: attempt.state,
        expectedNonce: attempt.nonce,
        pkceCodeVerifier: attempt.verifier,
        idTokenExpected: true,
      });
      const token = tokens.claims() ?? { sub: '' };
      const more = await this.userInfo(configuration, tokens.access_token, token.sub);
      const claims = readClaims(configuration.serverMetadata().issuer, { ...more, ...token }, this.config.groupsClaim);
      if (claims.subject === '') throw new DomainError(SIGN_ON_ERRORS['sign-on.rejected'], { reason: 'subject' });
      return claims;
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** Many providers put address and groups only here. */
  private async userInfo(
    configuration: Configuration,
    accessToken: string,
    subject: string,
  ): Promise<Record<string, unknown>> {
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return { ...(await fetchUserInfo(configuration, accessToken, subject)) };
  }

  /** One question at a time; a failure is remembered for a moment, so that a dead provider does not hold up every click. */
  private async configuration(): Promise<Configuration> {
    const now = this.clock.now().getTime();
    const age = this.known ? now - this.known.at : Number.POSITIVE_INFINITY;
    if (!this.known || age < 0 || age >= (this.known.failed ? FAILED_FOR : KNOWN_FOR)) {
      const known: Known = { at: now, configuration: this.discover(), failed: false };
      known.configuration.catch(() => (known.failed = true));
      this.known = known;
    }
    try {
      return await this.known.configuration;
    } catch (error) {
      const failure = this.failure(error);
      throw new DomainError(SIGN_ON_ERRORS['sign-on.unreachable'], failure.details);
    }
  }

  private async discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.config;
    if (issuer === null || clientId === null)
      throw new DomainError(SIGN_ON_ERRORS['sign-on.unreachable'], { reason: 'not-set-up' });
    const configuration = await discovery(
      new URL(issuer),
      clientId,
      { [clockTolerance]: CLOCK_TOLERANCE },
      clientSecret === null ? None() : ClientSecretPost(clientSecret),
      {
        [customFetch]: (url, { method, headers, body, signal }) =>
          this.egress.fetch(PURPOSE, url, { method, headers, signal, body: bodyOf(body) }),
        // Plain http goes no further than this machine: the egress client sees to it.
        execute: [enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [allowInsecureRequests] : [])],
      },
    );
    const metadata = configuration.serverMetadata();
    const named = [issuer, metadata.token_endpoint, metadata.jwks_uri, metadata.userinfo_endpoint];
    this.places = [...new Set(named.map((url) => placeOfUrl(url ?? '')).filter((place) => place !== null))];
    return configuration;
  }

  private failure(error: unknown): DomainError {
    const chain = causesOf(error);
    const known = chain.find((one) => one instanceof DomainError);
    const reason = reasonOf(chain);
    // Codes only: messages of tokens quote what is in them.
    this.log.warn({ reason }, 'single sign-on: the provider or its answer failed');
    if (known?.code.startsWith('sign-on.')) return known;
    if (known) return new DomainError(SIGN_ON_ERRORS['sign-on.unreachable'], { reason });
    return new DomainError(SIGN_ON_ERRORS['sign-on.rejected'], { reason });
  }
}

function bodyOf(body: unknown): string | URLSearchParams | Uint8Array | null {
  if (typeof body === 'string' || body instanceof URLSearchParams || body instanceof Uint8Array) return body;
  if (body === null || body === undefined) return null;
  throw new Error('a body the egress client does not send');
}

function causesOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one !== undefined && one !== null && chain.length < 8;) {
    chain.push(one);
    one = typeof one === 'object' && 'cause' in one ? one.cause : undefined;
  }
  return chain;
}

/** `access_denied`, `OAUTH_JWT_CLAIM_COMPARISON_FAILED`, `egress.slow`: the most telling code there is. */
function reasonOf(chain: readonly unknown[]): string {
  for (const one of chain) {
    if (one instanceof AuthorizationResponseError && /^[a-z_]{1,60}$/.test(one.error)) return one.error;
    if (one instanceof DomainError) return String(one.details.reason ?? one.code);
  }
  const codes = chain.map((one) => (typeof one === 'object' && one !== null && 'code' in one ? one.code : undefined));
  const code = codes.findLast((one) => typeof one === 'string' && /^[A-Z0-9_]{1,60}$/.test(one));
  return typeof code === 'string' ? code : 'unknown';
}
