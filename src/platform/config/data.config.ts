import path from 'node:path';
import { IsNotEmpty, IsString } from 'class-validator';
import { Variable } from './variable.js';

/** Where the server keeps what is not in the database: keys, the bundled PostgreSQL, process files. */
export class DataConfig {
  @Variable({
    name: 'ALCOVE_DATA_DIR',
    kind: 'text',
    fallback: './data',
    about:
      'Folder for everything the server keeps. Made with mode 0700 when missing; relative to the working directory.',
    fix: 'use the path of a folder the server may write.',
  })
  @IsString()
  @IsNotEmpty()
  readonly dataDir: string;

  /** Absolute path of the data directory. */
  get folder(): string {
    return path.resolve(this.dataDir);
  }

  /** Absolute path of something inside it. */
  file(...parts: string[]): string {
    return path.join(this.folder, ...parts);
  }
}
