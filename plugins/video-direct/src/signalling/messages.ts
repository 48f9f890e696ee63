/** Why a socket was closed; the browser module decides by the code whether to come back. */
export const CLOSE = {
  /** The person left. */
  bye: { code: 1000, reason: 'bye' },
  malformed: { code: 4400, reason: 'malformed message' },
  silent: { code: 4401, reason: 'no hello' },
  refused: { code: 4403, reason: 'ticket refused' },
  ended: { code: 4404, reason: 'session ended' },
  removed: { code: 4405, reason: 'removed' },
  replaced: { code: 4409, reason: 'opened elsewhere' },
  full: { code: 4410, reason: 'room full' },
  tooMany: { code: 4429, reason: 'too many messages' },
  /** Something of ours failed: come back soon. */
  later: { code: 4500, reason: 'try again' },
} as const;
export type Close = (typeof CLOSE)[keyof typeof CLOSE];

export interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
  readonly usernameFragment: string | null;
}

/** Relayed from page to page as it is. `epoch` counts the connections the two pages have built, `n` the offers within one. */
export type RelayedMessage =
  | { readonly type: 'description'; readonly epoch: number; readonly n: number; readonly description: Description }
  | { readonly type: 'candidate'; readonly epoch: number; readonly candidate: Candidate | null }
  | { readonly type: 'reset'; readonly epoch: number };

export type ClientMessage =
  | { readonly type: 'hello'; readonly token: string; readonly page: string }
  | { readonly type: 'ice' }
  | { readonly type: 'ping' }
  | { readonly type: 'bye' }
  | { readonly type: 'relay'; readonly to: string; readonly message: RelayedMessage };

const PAGE = /^[A-Za-z0-9-]{8,64}$/;
const MAX_SDP = 60_000;
const MAX_LINE = 2_000;

/**
 * Reads one message of a page. Only known types pass, and of those only known fields: what is relayed is rebuilt here, so that a page
 * can hand nothing else to the other.
 *
 * @returns null for everything that is not exactly such a message
 */
export function readMessage(text: string): ClientMessage | null {
  const data = parse(text);
  if (!data) return null;
  switch (data.type) {
    case 'hello':
      return isText(data.token, 256) && isPage(data.page)
        ? { type: 'hello', token: data.token, page: data.page }
        : null;
    case 'ice':
    case 'ping':
    case 'bye':
      return { type: data.type };
    case 'description':
    case 'candidate':
    case 'reset': {
      const message = readRelayed(data);
      return message && isPage(data.to) ? { type: 'relay', to: data.to, message } : null;
    }
    default:
      return null;
  }
}

function readRelayed(data: Fields): RelayedMessage | null {
  const { epoch } = data;
  if (!isCount(epoch)) return null;
  if (data.type === 'reset') return { type: 'reset', epoch };
  if (data.type === 'candidate') {
    if (data.candidate === null) return { type: 'candidate', epoch, candidate: null };
    const candidate = readCandidate(data.candidate);
    return candidate && { type: 'candidate', epoch, candidate };
  }
  const description = readDescription(data.description);
  return description && isCount(data.n) ? { type: 'description', epoch, n: data.n, description } : null;
}

function readDescription(value: unknown): Description | null {
  if (!isFields(value)) return null;
  const { type, sdp } = value;
  return (type === 'offer' || type === 'answer') && isText(sdp, MAX_SDP) ? { type, sdp } : null;
}

function readCandidate(value: unknown): Candidate | null {
  if (!isFields(value)) return null;
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = value;
  if (!isText(candidate, MAX_LINE)) return null;
  if (sdpMid !== null && !isText(sdpMid, 64)) return null;
  if (sdpMLineIndex !== null && !isCount(sdpMLineIndex)) return null;
  if (usernameFragment !== null && !isText(usernameFragment, 256)) return null;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

type Fields = Readonly<Record<string, unknown>>;

function parse(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown, max: number): value is string => typeof value === 'string' && value.length <= max;
const isPage = (value: unknown): value is string => typeof value === 'string' && PAGE.test(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 1_000_000;
