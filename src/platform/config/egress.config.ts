import { Matches } from 'class-validator';
import { Variable } from './variable.js';

/** What the server may talk to by itself. */
export class EgressConfig {
  @Variable({
    name: 'ALCOVE_EGRESS_PORTS',
    kind: 'list',
    fallback: '443',
    about: 'Ports on which the server may call other servers over https, separated by commas.',
    fix: 'use port numbers separated by commas, such as 443,8443.',
  })
  @Matches(/^([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/, { each: true })
  readonly ports: readonly string[];

  @Variable({
    name: 'ALCOVE_EGRESS_PRIVATE_HOSTS',
    kind: 'list',
    fallback: '',
    about:
      'Servers inside your own network that the server may call, as `host:port` separated by commas, such as `keycloak.lan:8443`. Everything else in private networks is refused.',
    fix: 'use host:port separated by commas, such as keycloak.lan:8443 (port 443 when left out).',
  })
  @Matches(/^(\[[0-9a-f:.]{2,45}\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:\d{1,5})?$/i, { each: true })
  readonly privateHosts: readonly string[];

  problems(): string[] {
    return this.privateHosts
      .filter((item) => !URL.canParse(`https://${item}`))
      .map(() => 'ALCOVE_EGRESS_PRIVATE_HOSTS: has a host or port that cannot be; use host:port separated by commas.');
  }
}
