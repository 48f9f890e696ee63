import { Module } from '@nestjs/common';
import { PracticeRepository } from './practice.repository.js';
import { PracticeService } from './practice.service.js';

/** The organisation and its sites. Its pages are in the admin feature. */
@Module({ providers: [PracticeRepository, PracticeService], exports: [PracticeService] })
export class PracticeModule {}
