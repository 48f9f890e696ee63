import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface ProviderPerson {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
  readonly amr?: readonly string[];
}

/** What stands in the way of the provider's answers. */
export type Trouble = 'none' | 'garbage' | 'slow' | 'huge' | 'other-issuer';

export interface TokenParts {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
}

const ALCOVE = { id: 'alcove', secret: 'a secret of the test provider' };

/** For `bootApp`: the settings of an application that uses the provider at this address. */
export const providerEnv = (issuer: string): Record<string, string> => ({
  ALCOVE_SIGN_ON_ISSUER: issuer,
  ALCOVE_SIGN_ON_CLIENT_ID: ALCOVE.id,
  ALCOVE_SIGN_ON_CLIENT_SECRET: ALCOVE.secret,
  ALCOVE_SIGN_ON_NAME: 'Practice ID',
  ALCOVE_SIGN_ON_SCOPES: 'openid email profile groups',
  ALCOVE_EGRESS_PRIVATE_HOSTS: new URL(issuer).host,
});

/** A real OpenID provider on loopback. Nobody types a password at it: it lets in whoever `person` says. */
export class IdentityProvider {
  person: ProviderPerson = { sub: 'nobody' };
  trouble: Trouble = 'none';
  /** Changes the ID token before it leaves; the result is signed with the provider's key unless it is text. */
  forge: ((token: TokenParts) => TokenParts | string) | undefined;
  /** Parameters of the last authorization request. */
  asked = new URLSearchParams();

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
    private readonly key: KeyObject,
  ) {}

  get env(): Record<string, string> {
    return providerEnv(this.issuer);
  }

  static async start(redirectUris: readonly string[], port = 0): Promise<IdentityProvider> {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const self = new IdentityProvider(issuer, server, privateKey);
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: ALCOVE.id,
          client_secret: ALCOVE.secret,
          redirect_uris: [...redirectUris],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
      claims: {
        openid: ['sub', 'amr', 'auth_time'],
        email: ['email', 'email_verified'],
        profile: ['name'],
        groups: ['groups'],
      },
      features: { devInteractions: { enabled: false } },
      pkce: { required: () => true },
      interactions: { url: (_, interaction) => `/let-in/${interaction.uid}` },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...self.person, sub, amr: undefined }) }),
      cookies: { keys: ['test'] },
      ttl: { AccessToken: 60, AuthorizationCode: 60, IdToken: 60, Interaction: 60, Session: 600, Grant: 600 },
    });
    const answer = provider.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url?.startsWith('/let-in/')) return void self.letIn(provider, request, response);
      if (request.url?.startsWith('/auth?')) self.asked = new URL(request.url, issuer).searchParams;
      if (self.inTheWay(request, response)) return;
      if (request.url === '/token') self.forgeInto(response);
      void answer(request, response);
    });
    return self;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private async letIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { params, prompt } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      const login = { accountId: this.person.sub, amr: [...(this.person.amr ?? ['pwd'])] };
      return provider.interactionFinished(request, response, { login });
    }
    const grant = new provider.Grant({ accountId: this.person.sub, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    const grantId = await grant.save();
    return provider.interactionFinished(request, response, { consent: { grantId } }, { mergeWithLastSubmission: true });
  }

  private inTheWay(request: IncomingMessage, response: ServerResponse): boolean {
    switch (this.trouble) {
      case 'none':
        return false;
      case 'garbage':
        response.setHeader('content-type', 'application/json');
        response.end('<html>gateway</html>');
        return true;
      case 'slow':
        return true;
      case 'huge': {
        response.setHeader('content-type', 'application/json');
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536, 32)));
        };
        response.on('drain', more);
        more();
        return true;
      }
      case 'other-issuer':
        if (!request.url?.includes('/.well-known/')) return false;
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ issuer: 'https://other.example', authorization_endpoint: 'https://other.example/a' }),
        );
        return true;
    }
  }

  private forgeInto(response: ServerResponse): void {
    const { forge } = this;
    if (!forge) return;
    const end = response.end.bind(response) as (text: string) => ServerResponse;
    response.end = ((chunk: Buffer | string) => {
      const text = String(chunk);
      if (!text.startsWith('{')) return end(text);
      const answer = JSON.parse(text) as { id_token?: string };
      if (answer.id_token) {
        const [header, claims] = answer.id_token.split('.', 2).map((part) => JSON.parse(fromBase64(part)) as never);
        const forged = forge({ header, claims });
        answer.id_token = typeof forged === 'string' ? forged : this.signed(forged);
      }
      const forgedText = JSON.stringify(answer);
      response.setHeader('content-length', Buffer.byteLength(forgedText));
      return end(forgedText);
    }) as ServerResponse['end'];
  }

  private signed({ header, claims }: TokenParts): string {
    const content = `${toBase64(header)}.${toBase64(claims)}`;
    return `${content}.${sign('sha256', Buffer.from(content), this.key).toString('base64url')}`;
  }
}

export const toBase64 = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url');
const fromBase64 = (text: string): string => Buffer.from(text, 'base64url').toString('utf8');
