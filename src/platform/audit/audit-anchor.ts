import { verify, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { systemCode } from '../process/error-facts.js';

/** The newest batch at some moment: what has to be kept outside the database to notice that the database was rolled back. */
export interface AuditHead {
  /** Number of the batch. */
  readonly no: string;
  /** Sealed rows up to and with it. */
  readonly total: string;
  readonly hash: Buffer;
  readonly signature: Buffer;
}

/** Enough bytes from the end of the file to hold its last line whole. */
const TAIL_BYTES = 4_096;

/** An append-only file of heads, one JSON object a line, mode 0600. Copy it to another machine and the copy is as good. */
export class AuditAnchor {
  constructor(readonly file: string) {}

  /** Appends one head and waits until it is on disk. */
  async append(head: AuditHead, now: Date): Promise<void> {
    await mkdir(path.dirname(this.file), { recursive: true, mode: 0o700 });
    const handle = await open(this.file, 'a', 0o600);
    try {
      const line = {
        batch: head.no,
        rows: head.total,
        hash: head.hash.toString('hex'),
        signature: head.signature.toString('base64'),
        at: now.toISOString(),
      };
      const ending = await lastByte(this.file);
      // After a power cut in mid-line the next head starts on a line of its own.
      const separator = ending === undefined || ending === '\n' ? '' : '\n';
      await handle.appendFile(`${separator}${JSON.stringify(line)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  /** The last whole head, or undefined when there is none yet. */
  async last(): Promise<AuditHead | undefined> {
    const lines = (await tail(this.file)).split('\n').reverse();
    for (const line of lines) {
      const head = parseHead(line);
      if (head) return head;
    }
    return undefined;
  }

  /** Bytes in the file, or undefined when there is none. */
  async size(): Promise<number | undefined> {
    try {
      return (await stat(this.file)).size;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Heads in the first `size` bytes by 1-based line; `undefined` for a line that is no head signed with our key. */
  async *heads(key: KeyObject, size: number): AsyncGenerator<{ line: number; head: AuditHead | undefined }> {
    if (size === 0) return;
    const lines = createInterface({ input: createReadStream(this.file, { end: size - 1 }), crlfDelay: Infinity });
    let line = 0;
    for await (const text of lines) {
      line++;
      const head = parseHead(text);
      yield { line, head: head && verify(null, head.hash, key, head.signature) ? head : undefined };
    }
  }
}

function parseHead(text: string): AuditHead | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { batch, rows, hash, signature } = json as Record<string, unknown>;
  if (!isNumeral(batch) || !isNumeral(rows) || typeof hash !== 'string' || typeof signature !== 'string')
    return undefined;
  return { no: batch, total: rows, hash: Buffer.from(hash, 'hex'), signature: Buffer.from(signature, 'base64') };
}

const isNumeral = (value: unknown): value is string => typeof value === 'string' && /^\d{1,18}$/.test(value);

async function tail(file: string, bytes = TAIL_BYTES): Promise<string> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, bytes);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

const lastByte = async (file: string): Promise<string | undefined> => (await tail(file, 1)) || undefined;
