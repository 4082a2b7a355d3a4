import { Module } from '@nestjs/common';
import { AmazonQUpstream } from './amazon-q/amazon-q.upstream.js';
import { UpstreamHttp } from './upstream-http.js';

@Module({
  providers: [UpstreamHttp, AmazonQUpstream],
  exports: [UpstreamHttp, AmazonQUpstream],
})
export class UpstreamsModule {}
