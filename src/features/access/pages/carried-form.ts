import type { Request } from 'express';
import { sameSitePath } from '../../../platform/http/session-redirect.js';

/** A form that was sent and waits until its sender has shown who they are. */
export interface CarriedForm {
  /** Path of this site that it was sent to. */
  readonly action: string;
  readonly fields: readonly CarriedField[];
}

export interface CarriedField {
  readonly name: string;
  readonly value: string;
}

/** Forms of ours are far smaller; a larger one is not carried but has to be sent again. */
const MOST_FIELDS = 100;
/** In bytes of JSON. */
const LARGEST = 64 * 1024;
/** Typed anew instead of being written into another page, the old token among them: the new session has its own. */
const SECRET = /^_csrf$|password|passphrase|secret|^codes?|^(answer|last|present|recovery|token|wanted)$/i;

/** The form of this request, or `undefined` when it is none that can be carried. */
export function carriedForm(request: Request): CarriedForm | undefined {
  const action = sameSitePath(request.originalUrl);
  const body: unknown = request.body ?? {};
  if (request.method !== 'POST' || action === undefined || !isForm(request) || !isRecord(body)) return undefined;
  const fields = Object.entries(body).flatMap(([name, value]) =>
    SECRET.test(name) ? [] : (Array.isArray(value) ? value : [value]).map((one: unknown) => ({ name, value: one })),
  );
  return checked({ action, fields });
}

/** For the hidden field of the page that asks. */
export const packForm = (form: CarriedForm): string => JSON.stringify(form);

/** The reverse. It comes from a browser, so everything about it is checked again. */
export function unpackForm(packed: string): CarriedForm | undefined {
  if (packed === '' || packed.length > LARGEST) return undefined;
  try {
    return checked(JSON.parse(packed));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function checked(form: unknown): CarriedForm | undefined {
  if (!isRecord(form) || !Array.isArray(form.fields) || form.fields.length > MOST_FIELDS) return undefined;
  const action = sameSitePath(form.action);
  const fields = form.fields.filter(isField).filter(({ name }) => !SECRET.test(name));
  if (action === undefined || fields.length !== form.fields.length) return undefined;
  const whole = { action, fields: fields.map(({ name, value }) => ({ name, value })) };
  return Buffer.byteLength(packForm(whole)) > LARGEST ? undefined : whole;
}

const isForm = (request: Request): boolean =>
  request.get('content-type') === undefined || request.is('application/x-www-form-urlencoded') !== false;

const isField = (value: unknown): value is CarriedField =>
  isRecord(value) && typeof value.name === 'string' && typeof value.value === 'string';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
