import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Post, type INestApplication, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Access, Public, Webhook } from '@alcove/sdk';
import { PermissionCatalog } from '../access/permission-catalog.js';
import { RouteTable } from './route-table.js';
import { pathPattern } from './route-table-pattern.js';

@Controller('clients')
class Good {
  @Get() @Access('clients:read') list(): string {
    return 'list';
  }
  @Get(':id') @Access('chart:read', 'clients:read') show(): string {
    return 'one';
  }
  @Get(['a', 'b']) @Public('two paths') two(): string {
    return 'two';
  }
  @Post('/hooks/:provider') @Webhook('payment') hook(): string {
    return 'hook';
  }
  notARoute(): string {
    return 'no';
  }
}

let app: INestApplication | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function tableOf(controller: Type): Promise<RouteTable> {
  @Module({ imports: [DiscoveryModule], controllers: [controller] })
  class Routes {}
  const module = await Test.createTestingModule({
    imports: [Routes, DiscoveryModule],
    providers: [
      RouteTable,
      { provide: PermissionCatalog, useValue: { known: () => new Set(['clients:read', 'chart:read']) } },
    ],
  }).compile();
  app = module.createNestApplication({ logger: false });
  return app.get(RouteTable);
}

describe('RouteTable', () => {
  it('lists every handler with its path and policy', async () => {
    const table = await tableOf(Good);
    expect(table.routes().map((route) => `${route.method} ${route.path} ${route.policy?.kind}`)).toEqual([
      'GET /clients access',
      'GET /clients/:id access',
      'GET /clients/a public',
      'GET /clients/b public',
      'POST /clients/hooks/:provider webhook',
    ]);
    expect(table.faults()).toEqual([]);
    await app?.init();
  });

  it('knows which paths are webhooks', async () => {
    const table = await tableOf(Good);
    expect(table.isWebhook('POST', '/clients/hooks/acme')).toBe(true);
    expect(table.isWebhook('GET', '/clients/hooks/acme')).toBe(false);
    expect(table.isWebhook('POST', '/clients/hooks/acme/more')).toBe(false);
    expect(table.isWebhook('POST', '/clients')).toBe(false);
  });

  it('stops the boot and names each handler without a usable policy', async () => {
    @Controller('bad')
    class Bad {
      @Get('none') none(): string {
        return '';
      }
      @Get('typo') @Access('client:read') typo(): string {
        return '';
      }
      @Get('blank') @Public(' ') blank(): string {
        return '';
      }
      @Get('same') @Access('clients:read') same(): string {
        return '';
      }
      @Get('same') @Access('chart:read') again(): string {
        return '';
      }
      @Get('fine') @Access('clients:read') fine(): string {
        return '';
      }
    }
    await tableOf(Bad);
    const boot = app?.init();
    await expect(boot).rejects.toThrow(/GET \/bad\/none \(Bad\.none\) has no @Access, @Public or @Webhook/);
    await expect(boot).rejects.toThrow(
      /GET \/bad\/typo \(Bad\.typo\) asks for "client:read", which is not a permission/,
    );
    await expect(boot).rejects.toThrow(/GET \/bad\/blank \(Bad\.blank\) is public without a reason/);
    await expect(boot).rejects.toThrow(/GET \/bad\/same .* is answered by another handler as well/);
    await expect(boot).rejects.not.toThrow(/fine/);
    app = undefined;
  });
});

it('refuses two policies on one handler as soon as the controller is imported', () => {
  expect(() => {
    class Two {
      @Access('clients:read') @Public('and also everybody') both(): string {
        return '';
      }
    }
    return Two;
  }).toThrow('both has more than one access policy');
});

it.each([
  ['/a/:id', '/a/1', true],
  ['/a/:id', '/a/1/', true],
  ['/a/:id', '/a/1/b', false],
  ['/a.b', '/axb', false],
  ['/files/*rest', '/files/x/y', true],
  ['/', '/', true],
])('pathPattern %s over %s', (pattern, path, matches) => expect(pathPattern(pattern).test(path)).toBe(matches));
