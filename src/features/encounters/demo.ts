import type { SessionLinks } from './links/session-links.service.js';

/** The two ways into one session: the clinician signs in first, the client needs nobody signed in. */
export interface DemoLinks {
  readonly clinicianUrl: string;
  readonly clientUrl: string;
}

/** Links for a session of the synthetic practice. `baseUrl` has no slash at the end. */
export async function demoLinks(
  links: SessionLinks,
  baseUrl: string,
  session: { readonly appointmentId: string; readonly clientId: string },
): Promise<DemoLinks> {
  return {
    clinicianUrl: `${baseUrl}/sessions/${session.appointmentId}`,
    clientUrl: await links.clientUrl(baseUrl, session.appointmentId, session.clientId),
  };
}
