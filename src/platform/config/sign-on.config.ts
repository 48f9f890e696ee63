import { IsOptional, IsUrl, Matches, MaxLength, MinLength } from 'class-validator';
import { Variable } from './variable.js';

/** The identity provider (OpenID Connect) whose people may sign in as staff. */
export class SignOnConfig {
  @Variable({
    name: 'ALCOVE_SIGN_ON_ISSUER',
    kind: 'text',
    fallback: null,
    about:
      'Issuer address of the identity provider for single sign-on of staff, such as `https://id.example.org/realms/practice`. Unset: no single sign-on.',
    fix: 'use the https address the provider calls its issuer, without query.',
  })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, allow_query_components: false })
  @Matches(/^https?:\/\/[^?#@\s]+$/)
  readonly issuer: string | null;

  @Variable({
    name: 'ALCOVE_SIGN_ON_CLIENT_ID',
    kind: 'text',
    fallback: null,
    about: 'Name under which the identity provider knows this server (client id).',
    fix: 'use the client id of the provider, at most 200 characters.',
  })
  @IsOptional()
  @MaxLength(200)
  readonly clientId: string | null;

  @Variable({
    name: 'ALCOVE_SIGN_ON_CLIENT_SECRET',
    kind: 'text',
    fallback: null,
    about: 'Secret the identity provider gave this server. Unset for a client without one.',
    fix: 'use the client secret of the provider, 8 to 500 characters.',
  })
  @IsOptional()
  @MinLength(8)
  @MaxLength(500)
  readonly clientSecret: string | null;

  @Variable({
    name: 'ALCOVE_SIGN_ON_NAME',
    kind: 'text',
    fallback: 'your work account',
    about: 'What people call the identity provider; stands on the button after "Sign in with".',
    fix: 'use a name of at most 60 characters.',
  })
  @Matches(/^[^\p{Cc}]{1,60}$/u)
  readonly name: string;

  @Variable({
    name: 'ALCOVE_SIGN_ON_SCOPES',
    kind: 'text',
    fallback: 'openid email profile',
    about:
      'What is asked of the identity provider, separated by spaces. Some need `groups` too before they send groups.',
    fix: 'use scope names separated by spaces, openid among them.',
  })
  @Matches(/^(?=.*\bopenid\b)[\w.:/ -]{6,300}$/)
  readonly scopes: string;

  @Variable({
    name: 'ALCOVE_SIGN_ON_GROUPS_CLAIM',
    kind: 'text',
    fallback: 'groups',
    about: "Where the provider's answer lists a person's groups; dots lead into objects, such as `realm_access.roles`.",
    fix: 'use the name of a claim, at most 100 characters.',
  })
  @Matches(/^[^\s]{1,100}$/)
  readonly groupsClaim: string;

  problems(): string[] {
    if (this.issuer !== null && this.clientId === null)
      return ['ALCOVE_SIGN_ON_CLIENT_ID: is missing; ALCOVE_SIGN_ON_ISSUER needs the client id beside it.'];
    return [];
  }

  warnings(): string[] {
    if (this.issuer !== null || (this.clientId === null && this.clientSecret === null)) return [];
    return [
      'ALCOVE_SIGN_ON_ISSUER: is unset while other settings of single sign-on are set; there is no single sign-on.',
    ];
  }
}
