/** The token of this page for requests made by scripts; empty where the page has none. */
export const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? '';

/** Sends the token with every htmx request that changes something, and goes to sign in when the session has ended meanwhile. */
export function startCsrf() {
  document.addEventListener('htmx:config:request', (event) => {
    const { request } = event.detail.ctx;
    if (request.method !== 'GET') request.headers['X-CSRF-Token'] = csrfToken();
  });
  document.addEventListener('htmx:after:request', (event) => {
    if (event.detail.ctx.response?.status === 401) location.reload();
  });
}
