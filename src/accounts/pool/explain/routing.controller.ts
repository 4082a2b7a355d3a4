import { Body, Controller, Header, HttpCode, HttpStatus, Post, UsePipes } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import type { Actor } from '../../../audit/audit-event.js';
import { Acting } from '../../../auth/access/acting.decorator.js';
import { Scope } from '../../../auth/access/scope.decorator.js';
import { InputValidationPipe } from '../../../auth/input/input-validation.pipe.js';
import { conversationKey } from '../conversation-key.js';
import { ExplainRoutingDto } from './dto/explain-routing.dto.js';
import { RoutingExplanationDto } from './dto/routing-explanation.dto.js';
import { Explanations } from './explanations.service.js';

/** `/v2/routing` (contract §4). */
@Controller('v2/routing')
@Scope('admin:read')
@UsePipes(InputValidationPipe)
export class RoutingController {
  constructor(private readonly explanations: Explanations) {}

  /** Tells which account a request would get now, and why no other. Nobody is asked for an answer, and nobody's turn is used up. */
  @Post('explain')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  @ApiResponse({ status: 200, type: RoutingExplanationDto })
  explain(@Body() asked: ExplainRoutingDto, @Acting() { keyId }: Actor): Promise<RoutingExplanationDto> {
    const { model, conversation: name, apiKeyId: caller = keyId ?? '', limit } = asked;
    const conversation = name === undefined ? undefined : conversationKey(caller, name.trim());
    return this.explanations.explain({ model, conversation, limit });
  }
}
