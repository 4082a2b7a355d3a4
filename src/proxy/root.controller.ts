import { Controller, Get, Head, HttpCode } from '@nestjs/common';
import { Public } from '../auth/access/public.decorator.js';
import { VERSION } from '../platform/version.js';

/** What people, load balancers and Claude Code ask before anything else (anthropic.md §1). */
@Controller()
@Public()
export class RootController {
  @Get()
  about() {
    return { name: 'amq-gateway', version: VERSION };
  }

  @Head('api/hello')
  @HttpCode(200)
  hello(): void {}
}
