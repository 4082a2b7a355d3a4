import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Configuration } from '../../platform/config/configuration.js';
import { noteAsked } from '../../proxy/note-asked.js';
import { tooLarge } from './body-errors.js';
import { BodyRoom } from './body-room.js';
import { BodyTimes } from './body-times.js';
import { askForBody } from './expect-continue.js';
import { readJson } from './json-body.js';
import { watchBody } from './watch-body.js';

/** The one path that takes files; whoever serves it reads them. */
const UPLOADS = '/v2/accounts/import';
const MULTIPART = /^multipart\//i;

/**
 * The last of the guards: takes in the body of a request whose key was accepted. Without a key nothing is read, however
 * large, and nothing that is wrong with it is told. A guard because it stands on the path of every request, where an
 * interceptor costs several times as much.
 */
@Injectable()
export class BodyGuard implements CanActivate {
  private readonly limit: number;
  private readonly room: BodyRoom;

  constructor(
    { settings }: Configuration,
    private readonly times: BodyTimes,
  ) {
    this.limit = settings.MAX_BODY_SIZE;
    this.room = new BodyRoom(this.limit);
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    // A route that is open to everybody takes none.
    if (!request.identity || !hasBody(request)) return true;
    return this.take(request, http.getResponse<Response>(), request.identity.keyId);
  }

  private async take(request: Request, response: Response, keyId: string): Promise<true> {
    // Node reads the rest away after the answer.
    if (Number(request.headers['content-length']) > this.limit) throw tooLarge(this.limit);
    askForBody(request, response);
    if (isUpload(request)) {
      watchBody(request, this.times, () => request.destroy());
      return true;
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const stop = watchBody(request, this.times, (error) => {
      response.setHeader('connection', 'close');
      reject(error);
    });
    let taken = 0;
    let isOver = false;
    const take = (bytes: number) => {
      if (isOver || !this.room.take(keyId, bytes)) return false;
      taken += bytes;
      return true;
    };
    try {
      await Promise.race([readJson(request, { limit: this.limit, take }), late]);
    } finally {
      stop();
      isOver = true;
      this.room.give(keyId, taken);
    }
    noteAsked(request);
    return true;
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function isUpload({ headers, path }: Request): boolean {
  return MULTIPART.test(headers['content-type'] ?? '') && path.replace(/\/$/, '') === UPLOADS;
}
