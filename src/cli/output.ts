/** Writes one line, or one JSON document for programs. */
export interface Output {
  line(text: string): void;
  json(data: unknown): void;
}

/** Data goes to standard output, remarks to standard error, so that `--json` can be piped. */
export const terminal: Output = {
  line: (text) => void process.stdout.write(`${text}\n`),
  json: (data) => void process.stdout.write(`${JSON.stringify(data, null, 2)}\n`),
};

/** A remark for the person at the terminal. */
export const remark = (text: string): void => void process.stderr.write(`alcove: ${text}\n`);
