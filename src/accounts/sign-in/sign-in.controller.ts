import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Res, UsePipes } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Response } from 'express';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { ChooseProfileDto } from './dto/choose-profile.dto.js';
import { encodeSignIn, type SignInDto } from './dto/sign-in.dto.js';
import { StartSignInDto } from './dto/start-sign-in.dto.js';
import { SignInService } from './sign-in.service.js';
import { SignInRequests } from './sign-in-requests.service.js';

/** `/v2/accounts/login`: device sign-in with AWS (contract §4). */
@Controller('v2/accounts/login')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class SignInController {
  constructor(
    private readonly requests: SignInRequests,
    private readonly signIns: SignInService,
  ) {}

  /** Begins a device sign-in: the user opens `verificationUriComplete` and confirms. */
  @Post()
  @Header('cache-control', 'no-store')
  @ApiBody({ type: StartSignInDto, required: false })
  async start(
    @Body() body: StartSignInDto,
    @Acting() actor: Actor,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SignInDto> {
    const signIn = await this.signIns.start(await this.requests.decode(body), actor);
    response.location(`/v2/accounts/login/${signIn.id}`);
    return encodeSignIn(signIn);
  }

  /** How far a sign-in is. */
  @Get(':loginId')
  @Header('cache-control', 'no-store')
  async get(@Param('loginId') loginId: string): Promise<SignInDto> {
    return encodeSignIn(await this.signIns.get(loginId));
  }

  /** Chooses one of `profiles`, where the sign-in waits for that. */
  @Post(':loginId/profile')
  @HttpCode(200)
  async chooseProfile(
    @Param('loginId') loginId: string,
    @Body() { profileArn }: ChooseProfileDto,
    @Acting() actor: Actor,
  ): Promise<SignInDto> {
    return encodeSignIn(await this.signIns.chooseProfile(loginId, profileArn, actor));
  }

  /** Cancels a sign-in, or forgets one that ended; an account that was made stays. */
  @Delete(':loginId')
  @HttpCode(204)
  async cancel(@Param('loginId') loginId: string, @Acting() actor: Actor): Promise<void> {
    await this.signIns.cancel(loginId, actor);
  }
}
