import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { expect, it } from '@jest/globals';
import { ConfigModule } from '../../../src/platform/config/config.module.js';
import { DatabaseConfig } from '../../../src/platform/config/database.config.js';
import { HttpConfig } from '../../../src/platform/config/http.config.js';
import { loadConfig } from '../../../src/platform/config/load-config.js';

@Injectable()
class Reader {
  constructor(
    readonly http: HttpConfig,
    readonly database: DatabaseConfig,
  ) {}
}

it('hands out each part of the configuration by its class', async () => {
  const config = loadConfig({ PORT: '4711', ALCOVE_DATABASE_POOL: '7' });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config)],
    providers: [Reader],
  }).compile();
  const reader = module.get(Reader);
  expect([reader.http.port, reader.http.origin, reader.database.poolMax]).toEqual([4711, 'http://127.0.0.1:4711', 7]);
  expect(reader.http).toBeInstanceOf(HttpConfig);
  await module.close();
});
