import { Module } from '@nestjs/common';
import { Directory } from './directory.js';

/** Needs a global LiveBus. */
@Module({ providers: [Directory], exports: [Directory] })
export class DirectoryModule {}
