import { Module } from '@nestjs/common';
import { AmazonQUpstream } from './amazon-q/amazon-q.upstream.js';
import { AnthropicUpstream } from './anthropic/anthropic.upstream.js';
import { EndpointGuard } from './endpoint-guard.js';
import { EventLog } from './event-log.service.js';
import { UpstreamHttp } from './upstream-http.js';

@Module({
  providers: [EndpointGuard, UpstreamHttp, EventLog, AmazonQUpstream, AnthropicUpstream],
  exports: [UpstreamHttp, AmazonQUpstream, AnthropicUpstream],
})
export class UpstreamsModule {}
